import Catalog
import Cutover
import HTTP
import JSON
import Migration
import Rollout
import SQL
import TestSupport
import Testing

@testable import API

@Suite("GET /api/admin/comparison")
struct ComparisonRoutesTests {
  private static let path = "/api/admin/comparison"
  private static let services = [
    "dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations",
  ]
  private static let topics = "/api/brands/\(SampleData.brand)/topics?\(SampleData.range)"

  private static func comparison(_ client: Client, _ query: String = "") async throws -> JSONValue {
    let answer = try await client.admin(.get, path + query)
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.json()
  }

  private static func service(_ name: String, _ comparison: JSONValue) throws -> JSONValue {
    try #require(comparison["services"]?.array?.first { $0["service"]?.string == name })
  }

  /// Tells what was answered so far, as a server does each second.
  private static func tell(_ client: Client) async throws {
    try await ReadCounts().tell(client.metrics.takeReads(), to: client.pool)
    try await client.ledger.tell(client.pool)
  }

  @Test("of a database that nobody has asked, every service in order, with zeros and nulls: byte for byte")
  func untouched() async throws {
    try await withClient(try await SampleData.database(.controlOnly)) { client in
      let answer = try await client.admin(.get, Self.path)
      #expect(answer.status == 200)
      #expect(answer.header("Content-Type") == "application/json")
      #expect(answer.header("Cache-Control") == "no-store")
      let since = try #require(try answer.json()["since"]?.string)
      #expect(since.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00\.000000Z/) != nil, "\(since)")
      let side = #"{"requests":0,"errors":0,"p50":null,"p95":null,"p99":null}"#
      let services = Self.services.map {
        #"{"service":"\#($0)","old":\#(side),"new":\#(side),"shadow_matches":0,"shadow_explained":0,"shadow_mismatches":0,"samples":[]}"#
      }
      #expect(answer.text == #"{"since":"\#(since)","services":[\#(services.joined(separator: ","))]}"#)
    }
  }

  @Test("milliseconds have exactly 3 decimals, and a bucket's middle is told")
  func milliseconds() async throws {
    try await withClient(try await SampleData.database(.controlOnly)) { client in
      let meter = client.metrics.workers[0].requests
      let topics = meter.place(of: try #require(Catalog().services.first { $0.name == "topics" }))
      // 90, 9 and 1 of a hundred; buckets from 896 to 927, from 20,480 to 21,503 and from 4,063,232 to 4,194,303.
      for _ in 0..<90 { meter.answered(topics, Choice(.old, .flag), .ok, nanoseconds: 900_000) }
      for _ in 0..<9 { meter.answered(topics, Choice(.old, .flag), .ok, nanoseconds: 21_000_000) }
      meter.answered(topics, Choice(.old, .flag), .ok, nanoseconds: 4_100_000_000)
      meter.answered(topics, Choice(.new, .flag), .ok, nanoseconds: 4_100_000_000)
      for _ in 0..<2 { meter.answered(topics, Choice(.new, .override), .ok, nanoseconds: 7_999) }
      try await Self.tell(client)
      let text = try await client.admin(.get, Self.path).text
      #expect(
        text.contains(
          #""service":"topics","old":{"requests":100,"errors":0,"p50":0.912,"p95":20.992,"p99":20.992},"#
            + #""new":{"requests":3,"errors":0,"p50":0.007,"p95":4128.768,"p99":4128.768},"#), "\(text)")
    }
  }

  @Test("the parameter hours: 24 without it, from 1 to 168; outside 422, malformed 400")
  func hours() async throws {
    try await withClient { client in
      func begin(_ hours: Int) async throws -> String? {
        try await client.value(
          """
          SELECT to_char(date_bin('1 hour', now(), '2000-01-01Z') - \(hours - 1) * interval '1 hour',
                         'YYYY-MM-DD"T"HH24:00:00.000000Z')
          """)
      }
      for (query, hours) in [("", 24), ("?hours=1", 1), ("?hours=24", 24), ("?hours=168", 168), ("?days=3", 24)] {
        let before = try await begin(hours)
        let since = try await Self.comparison(client, query)["since"]?.string
        #expect([before, try await begin(hours)].contains(since), "\(query)")
      }
      for text in ["0", "-1", "169", "100000"] {
        #expect(try await client.admin(.get, "\(Self.path)?hours=\(text)").faults(422) == ["hours"], "\(text)")
      }
      for text in ["", "x", "1.5", "1e1", "%201", "1h", "99999999999999999999", "1&hours=1", "1&hours="] {
        #expect(try await client.admin(.get, "\(Self.path)?hours=\(text)").faults(400) == ["hours"], "\(text)")
      }
      _ = try await client.get("\(Self.path)?hours=x").problem(401)
    }
  }

  /// What a request is counted as.
  private struct Counted: Equatable, CustomTestStringConvertible {
    var old = (requests: 0, errors: 0)
    var new = (requests: 0, errors: 0)

    static func == (a: Counted, b: Counted) -> Bool { a.old == b.old && a.new == b.new }

    var testDescription: String { "old \(old), new \(new)" }

    /// - Parameters:
    ///   - isNew: new was to answer.
    ///   - mayFallBack: old may be asked in its place.
    static func expected(isNew: Bool, mayFallBack: Bool, oldWorks: Bool, newWorks: Bool) -> Counted {
      switch (isNew, newWorks, mayFallBack, oldWorks) {
      case (false, _, _, true): Counted(old: (1, 0))
      case (false, _, _, false): Counted(old: (1, 1))
      case (true, true, _, _): Counted(new: (1, 0))
      case (true, false, false, _): Counted(new: (1, 1))
      case (true, false, true, true): Counted(old: (1, 0), new: (0, 1))
      case (true, false, true, false): Counted(old: (1, 1), new: (0, 1))
      }
    }

    init(old: (Int, Int) = (0, 0), new: (Int, Int) = (0, 0)) {
      self.old = old
      self.new = new
    }

    init(_ service: JSONValue) {
      func side(_ name: String) -> (Int, Int) {
        (service[name]?["requests"]?.integer ?? -1, service[name]?["errors"]?.integer ?? -1)
      }
      self.init(old: side("old"), new: side("new"))
    }

    static func + (a: Counted, b: Counted) -> Counted {
      Counted(
        old: (a.old.requests + b.old.requests, a.old.errors + b.old.errors),
        new: (a.new.requests + b.new.requests, a.new.errors + b.new.errors))
    }
  }

  /// A way to a schema: by the flag, by a header, or because there is no old one any more.
  private static let ways: [(name: String, isNew: Bool, mayFallBack: Bool, flag: Flag, headers: [String])] = {
    let off = Flag(service: "topics")
    var (on, retired) = (off, off)
    on.useNewSchema = true
    on.canaryPercent = .all
    retired.isNewOnly = true
    return [
      ("flag off", false, false, off, []), ("flag on", true, true, on, []),
      ("old forced", false, false, on, [Client.asAdmin, "X-Schema-Override: old"]),
      ("new forced", true, true, off, [Client.asAdmin, "X-Schema-Override: new"]),
      ("new only", true, false, retired, []),
    ]
  }()

  @Test("errors, by which schema was to answer and which of them fail")
  func errors() async throws {
    try await withClient(try await SampleData.database()) { client in
      var all = Counted()
      for (oldWorks, newWorks) in [(true, true), (true, false), (false, true), (false, false)] {
        if !oldWorks { try await client.run("ALTER TABLE extracted_positions RENAME TO old_gone") }
        if !newWorks { try await client.run("ALTER TABLE metric_facts RENAME TO new_gone") }
        for way in Self.ways {
          client.flags.set(FlagSet([way.flag]))
          let answer = try await client.ask(.get, Self.topics, way.headers)
          let works = way.isNew && newWorks || (!way.isNew || way.mayFallBack) && oldWorks
          #expect(answer.status == (works ? 200 : 500), "\(way.name), old \(oldWorks), new \(newWorks)")
          all = all + .expected(isNew: way.isNew, mayFallBack: way.mayFallBack, oldWorks: oldWorks, newWorks: newWorks)
          try await Self.tell(client)
          #expect(
            Counted(try Self.service("topics", try await Self.comparison(client))) == all,
            "\(way.name), old \(oldWorks), new \(newWorks)")
        }
        if !oldWorks { try await client.run("ALTER TABLE old_gone RENAME TO extracted_positions") }
        if !newWorks { try await client.run("ALTER TABLE new_gone RENAME TO metric_facts") }
      }
      #expect(all == Counted(old: (12, 6), new: (8, 6)))
      let others = try #require(
        try await Self.comparison(client)["services"]?.array?.filter {
          $0["service"]?.string != "topics"
        })
      #expect(others.count == 6 && others.allSatisfy { Counted($0) == Counted() })
    }
  }

  @Test("what asks no schema is no request of any; what is not modified is one")
  func noSchema() async throws {
    try await withClient(try await SampleData.database()) { client in
      let unknown = Self.topics.replacing(SampleData.brand, with: SampleData.unknownBrand)
      for target in [unknown, Self.topics + "&start=x", "/healthz", "/nothing", "/api/brands", Self.path] {
        _ = try await client.get(target)
      }
      _ = try await client.get(Self.topics, "X-Schema-Override: new")
      try await Self.tell(client)
      for service in try await Self.comparison(client)["services"]?.array ?? [] {
        #expect(Counted(service) == Counted())
      }
      let tag = try #require(try await client.get(Self.topics).header("ETag"))
      #expect(try await client.get(Self.topics, "If-None-Match: \(tag)").status == 304)
      try await Self.tell(client)
      #expect(Counted(try Self.service("topics", try await Self.comparison(client))) == Counted(old: (2, 0)))
    }
  }

  @Test("a difference that named rows account for is explained, fails nothing, and is not kept")
  func explained() async throws {
    try await withClient(try await SampleData.database()) { client in
      var flag = Flag(service: "topics")
      flag.shadowPercent = .all
      client.flags.set(FlagSet([flag]))
      // Old counts an older duplicate, which is skipped.
      try await client.run(
        """
        INSERT INTO extracted_positions (
          collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, visibility_index,
          processed_at)
        SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, 3,
          processed_at - interval '1 second'
        FROM extracted_positions WHERE brand_id = '\(SampleData.brand)' AND competitor_name IS NULL LIMIT 1
        """)
      #expect(try await client.get(Self.topics).status == 200)
      var shown = JSONValue.null
      try await eventually("the comparison is shown", on: client.loop) {
        try await Self.tell(client)
        shown = try Self.service("topics", try await Self.comparison(client))
        return shown["shadow_explained"]?.integer == 1 || shown["shadow_mismatches"]?.integer == 1
      }
      #expect(shown["shadow_explained"]?.integer == 1 && shown["shadow_mismatches"]?.integer == 0)
      #expect(shown["samples"] == .array([]))
    }
  }

  @Test("shadow reads are shown, with the last differences as they are kept")
  func shadows() async throws {
    try await withClient(try await SampleData.database()) { client in
      var flag = Flag(service: "topics")
      flag.shadowPercent = .all
      client.flags.set(FlagSet([flag]))
      func ask(_ times: Int, _ comparisons: Int) async throws -> JSONValue {
        for _ in 0..<times { #expect(try await client.get(Self.topics).status == 200) }
        var shown = JSONValue.null
        try await eventually("\(comparisons) comparisons are shown", on: client.loop) {
          try await Self.tell(client)
          shown = try Self.service("topics", try await Self.comparison(client))
          return (shown["shadow_matches"]?.integer ?? 0) + (shown["shadow_mismatches"]?.integer ?? 0) == comparisons
        }
        return shown
      }
      let same = try await ask(2, 2)
      #expect(same["shadow_matches"]?.integer == 2 && same["samples"] == .array([]))
      try await client.run("UPDATE brand_metrics SET visibility_index = visibility_index + 1 WHERE metric_fact_id = 7")
      let shown = try await ask(7, 9)
      #expect(
        shown.names == ["service", "old", "new", "shadow_matches", "shadow_explained", "shadow_mismatches", "samples"])
      #expect(shown["shadow_matches"]?.integer == 2 && shown["shadow_mismatches"]?.integer == 7)
      let samples = try #require(shown["samples"]?.array)
      let kept = try #require(
        try await client.admin(.get, "/api/admin/shadow/topics/differences").json()["differences"]?.array)
      #expect(kept.count == 7 && samples.count == 5)
      for (sample, difference) in zip(samples, kept) {
        #expect(sample.names == ["token", "at", "path", "subject", "parameters", "differences"])
        #expect(sample == difference)
      }
      #expect(Counted(shown) == Counted(old: (9, 0)), "a shadow is no request")
    }
  }
}
