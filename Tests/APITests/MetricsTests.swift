import Catalog
import Cutover
import EventLoop
import Foundation
import HTTP
import Migration
import Observability
import Postgres
import QueryAdapter
import Rollout
import SQL
import Synchronization
import TestSupport
import Testing

@testable import API

@Suite("GET /metrics")
struct MetricsTests {
  private static let requests = "switchyard_http_requests_total"
  private static let duration = "switchyard_request_duration_seconds"
  private static let services = Catalog().services.map(\.name)

  private static func scrape(_ client: Client) async throws -> ExpositionReader {
    let answer = try await client.get("/metrics")
    #expect(answer.status == 200)
    #expect(answer.header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8")
    #expect(answer.header("Cache-Control") == "no-store")
    return try ExpositionReader(answer.text)
  }

  /// What is not 0, as `service schema reason status`.
  private static func counted(_ reader: ExpositionReader) -> [String: Double] {
    var counted: [String: Double] = [:]
    for (series, value) in reader.samples(requests) where value != 0 {
      counted[["service", "schema", "reason", "status"].map { series.labels[$0] ?? "" }.joined(separator: " ")] = value
    }
    return counted
  }

  @Test("every request is counted once: by service, schema, reason and status")
  func counts() async throws {
    try await withClient { client in
      var flag = Flag(service: "topics")
      flag.useNewSchema = true
      flag.canaryPercent = .all
      var canary = Flag(service: "dashboard")
      canary.useNewSchema = true
      client.flags.set(FlagSet([flag, canary]))
      var asked: [String: Double] = [:]
      func ask(_ times: Int, _ label: String, _ target: String, _ headers: String...) async throws {
        for _ in 0..<times { _ = try await client.ask(.get, target, headers) }
        asked[label, default: 0] += Double(times)
      }
      func path(_ service: String) -> String { "/api/brands/\(SampleData.brand)/\(service)?\(SampleData.range)" }
      try await ask(3, "topics new flag 2xx", path("topics"))
      try await ask(2, "topics old override 2xx", path("topics"), Client.asAdmin, "X-Schema-Override: old")
      try await ask(4, "prompts new override 2xx", path("prompts"), Client.asAdmin, "X-Schema-Override: new")
      try await ask(5, "dashboard old canary 2xx", path("dashboard"))
      try await ask(1, "keywords old flag 2xx", path("keywords"))
      let tag = try #require(try await client.get(path("keywords")).header("ETag"))
      asked["keywords old flag 2xx"]! += 1
      try await ask(2, "keywords old flag 3xx", path("keywords"), "If-None-Match: \(tag)")
      try await ask(2, "competitors old flag 2xx", path("competitors/Acme/trend"))
      try await ask(3, "competitors none none 4xx", path("competitors") + "&start=x")
      try await ask(1, "citations none none 4xx", path("citations").replacing(SampleData.brand, with: "x"))
      try await ask(1, "citations none none 4xx", path("citations"), "X-Schema-Override: new")
      let unknown = path("topics").replacing(SampleData.brand, with: SampleData.unknownBrand)
      try await ask(2, "topics none none 4xx", unknown)
      try await ask(2, "other none none 2xx", "/healthz")
      try await ask(1, "other none none 2xx", "/api/brands")
      try await ask(
        2, "other none none 4xx",
        "/api/brands/" + SampleData.hostileCompetitor.utf8.map { "%\(String($0, radix: 16))" }.joined())
      try await ask(1, "other none none 4xx", "/api/admin/flags")
      let reader = try await Self.scrape(client)
      #expect(Self.counted(reader) == asked)
      // The scrape itself is counted once it is answered.
      asked["other none none 2xx"]! += 1
      #expect(Self.counted(try await Self.scrape(client)) == asked)
      for (labels, count) in Dictionary(grouping: asked, by: { $0.key.split(separator: " ").prefix(2) }) {
        let times = reader.value(Self.duration + "_count", ["service": String(labels[0]), "schema": String(labels[1])])
        let scrapes = labels[0] == "other" ? 1.0 : 0
        #expect(times == count.reduce(0) { $0 + $1.value } - scrapes, "\(labels)")
      }
    }
  }

  @Test("a new side that cannot answer is a fallback; a database that is away is an error of the service")
  func fallback() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      let path = "/api/brands/\(SampleData.brand)/topics"
      for _ in 0..<3 { _ = try await client.get(path, Client.asAdmin, "X-Schema-Override: new") }
      #expect(Self.counted(try await Self.scrape(client)) == ["topics old fallback 2xx": 3])
      client.pool.close()
      for _ in 0..<2 { #expect(try await client.get(path).status == 503) }
      let reader = try await Self.scrape(client)
      #expect(
        Self.counted(reader) == [
          "topics old fallback 2xx": 3, "topics old flag 5xx": 2, "other none none 2xx": 1,
        ])
      #expect(reader.value(Self.duration + "_count", ["service": "topics", "schema": "old"]) == 5)
    }
  }

  @Test("every series that can count is there from the start, at 0, and no label is of a user's making")
  func closedSets() async throws {
    try await withClient { client in
      let secret = "cafebabe-0000-4000-8000-000000000000"
      let topics = "/api/brands/\(secret)/topics?collectors=\(secret)"
      _ = try await client.get(topics, "X-User-Id: \(secret)", "X-Schema-Override: \(secret)")
      _ = try await client.get("/\(secret)")
      let text = try await client.get("/metrics").text
      #expect(!text.contains("cafebabe"))
      let reader = try ExpositionReader(text)
      var labels: [String: Set<String>] = [:]
      for (series, _) in reader.samples(Self.requests) {
        for (name, value) in series.labels { labels[name, default: []].insert(value) }
      }
      #expect(labels["service"] == Set(Self.services + ["other"]))
      #expect(labels["schema"] == ["old", "new", "none"])
      #expect(labels["reason"] == ["flag", "canary", "override", "fallback", "none"])
      #expect(labels["status"] == ["2xx", "3xx", "4xx", "5xx"])
      for service in Self.services {
        for schema in ["old", "new", "none"] {
          #expect(reader.value(Self.duration + "_count", ["service": service, "schema": schema]) != nil)
        }
        for outcome in ["same", "different", "old_failed", "new_failed", "both_failed", "not_comparable", "shed"] {
          #expect(reader.value("switchyard_shadow_total", ["service": service, "outcome": outcome]) == 0)
        }
      }
    }
  }

  @Test("shadow outcomes are counted by service")
  func shadows() async throws {
    try await withClient { client in
      let meter = client.metrics.workers[0].requests
      let services = Catalog().migrations.flatMap { migration in migration.services.map { (migration, $0) } }
      for (number, (migration, service)) in services.enumerated() {
        let question = Question(
          migration: migration, service: service, endpoint: service.endpoints[0], subject: "",
          binds: [], echo: [], key: "")
        for _ in 0..<number { meter.shadowed(.shed(question)) }
        for _ in 0..<number * 10 { meter.shadowed(.notComparable(question)) }
      }
      var flag = Flag(service: "topics")
      flag.shadowPercent = .all
      client.flags.set(FlagSet([flag]))
      func counts(_ service: String) async throws -> [String: Double] {
        let samples = try await Self.scrape(client).samples("switchyard_shadow_total").filter {
          $0.series.labels["service"] == service && $0.value > 0
        }
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.series.labels["outcome"]!, $0.value) })
      }
      let before = ["shed": 2.0, "not_comparable": 20]
      #expect(try await counts("topics") == before)
      for asked in 1...3 {
        #expect(try await client.get("/api/brands/\(SampleData.brand)/topics").status == 200)
        let deadline = ContinuousClock.now + .seconds(60)
        while try await counts("topics")["same"] != Double(asked), ContinuousClock.now < deadline {
          await client.loop.sleep(milliseconds: 2)
        }
        #expect(try await counts("topics") == before.merging(["same": Double(asked)]) { $1 })
      }
      for (number, service) in Self.services.enumerated() where number > 0 && service != "topics" {
        #expect(try await counts(service) == ["shed": Double(number), "not_comparable": Double(number * 10)])
      }
    }
  }

  @Test("flags are shown as they are obeyed, with their epoch")
  func flags() async throws {
    try await withClient { client in
      var flag = Flag(service: "topics")
      flag.useNewSchema = true
      flag.canaryPercent = try #require(Percent(hundredths: 1_234))
      flag.shadowPercent = try #require(Percent(hundredths: 50))
      flag.version = 7
      client.flags.set(FlagSet([flag]))
      for hasLapsed in [false, true] {
        if hasLapsed { client.flags.lease(until: .now) }
        let reader = try await Self.scrape(client)
        #expect(reader.value("switchyard_flag_enabled", ["service": "topics"]) == (hasLapsed ? 0 : 1))
        #expect(reader.value("switchyard_flag_enabled", ["service": "prompts"]) == 0)
        #expect(reader.value("switchyard_flag_canary_percent", ["service": "topics"]) == 12.34)
        #expect(reader.value("switchyard_flag_shadow_percent", ["service": "topics"]) == (hasLapsed ? 0 : 0.5))
        #expect(reader.value("switchyard_flag_epoch") == 7)
        #expect(reader.value("switchyard_flag_lease_lapsed") == (hasLapsed ? 1 : 0))
        #expect(try #require(reader.value("switchyard_flag_age_seconds")) >= 0)
      }
    }
  }

  @Test("whoever takes gzip gets the same in gzip")
  func gzip() async throws {
    try await withClient { client in
      let answer = try await client.get("/metrics", "Accept-Encoding: gzip")
      #expect(answer.header("Content-Encoding") == "gzip")
      #expect(answer.body.starts(with: [0x1F, 0x8B]))
      let plain = try await client.get("/metrics", "Accept-Encoding: identity")
      #expect(plain.header("Content-Encoding") == nil)
      #expect(answer.body.count * 4 < plain.body.count)
    }
  }

  @Test("while many loops count, a look loses nothing, counts nothing twice and never goes back")
  func manyLoops() throws {
    let metrics = ServerMetrics(Catalog().migrations, flags: FlagBox(), canaries: CanaryWatch(), workers: 8) { 0 }
    let services = BrandMetrics.migration().services
    let each = 40_000
    let remaining = Atomic<Int>(metrics.workers.count)
    for worker in metrics.workers {
      let meter = worker.requests
      Thread.detachNewThread {
        for number in 0..<each {
          let choice = Choice(number % 3 == 0 ? .new : .old, number % 2 == 0 ? .flag : .canary)
          meter.answered(meter.place(of: services[number % services.count]), choice, .ok, nanoseconds: number)
        }
        remaining.subtract(1, ordering: .acquiringAndReleasing)
      }
    }
    var last = 0
    var told: [String: Int] = [:]
    var looks = 0
    var isOver = false
    while !isOver {
      isOver = remaining.load(ordering: .acquiring) == 0
      let totals = metrics.requests
      let now = (0..<totals.requests.grid.count).reduce(0) { $0 + totals.requests[$1] }
      let timed = (0..<totals.durations.grid.count).reduce(0) { $0 + totals.durations.buckets($1).reduce(0, +) }
      #expect(now >= last)
      #expect(timed == now, "one look sees each request whole")
      last = now
      for (side, count) in metrics.takeReads().requests { told["\(side.service) \(side.schema)", default: 0] += count }
      looks += 1
    }
    print("\(looks) looks while \(metrics.workers.count) threads counted")
    #expect(last == each * metrics.workers.count)
    #expect(told.values.reduce(0, +) == each * metrics.workers.count)
    let text = String(decoding: metrics.exposition(), as: UTF8.self)
    let reader = try ExpositionReader(text)
    for (index, service) in services.enumerated() {
      for schema in ["old", "new"] {
        let expected =
          metrics.workers.count
          * (0..<each).count { $0 % services.count == index && ($0 % 3 == 0) == (schema == "new") }
        let labels = ["service": service.name, "schema": schema]
        #expect(reader.value(Self.duration + "_count", labels) == Double(expected))
        #expect(told["\(service.name) \(schema)"] == expected)
        let shown = reader.samples(Self.requests).filter {
          $0.series.labels["service"] == service.name && $0.series.labels["schema"] == schema
        }
        #expect(shown.reduce(0) { $0 + $1.value } == Double(expected))
      }
    }
  }

  @Test("pools and clients of all loops add up; each loop has its lag, also one that stands still")
  func loops() throws {
    let metrics = ServerMetrics(Catalog().migrations, flags: FlagBox(), canaries: CanaryWatch(), workers: 2) {
      2_000_000_200
    }
    for (number, loop) in metrics.workers.map(\.loop).enumerated() {
      loop.start(period: 100, ticks: 4, now: 0)
      loop.tick(
        now: 100, httpConnections: 5 + number,
        pools: [PoolReading(pool: "requests", connections: [.idle: 2, .busy: number, .away: 1], waiting: 3 + number)])
    }
    metrics.background.start(period: 100, ticks: 4, now: 0)
    metrics.background.tick(
      now: 1_000_000_100, httpConnections: 0,
      pools: [PoolReading(pool: "work", connections: [.leased: 1, .opening: 2], waiting: 0)])
    metrics.background.tick(now: 2_000_000_200, httpConnections: 0, pools: [])
    let reader = try ExpositionReader(String(decoding: metrics.exposition(), as: UTF8.self))
    #expect(reader.value("switchyard_http_connections") == 11)
    func connections(_ pool: String) -> [String: Double] {
      let samples = reader.samples("switchyard_pool_connections").filter { $0.series.labels["pool"] == pool }
      return Dictionary(uniqueKeysWithValues: samples.map { ($0.series.labels["state"]!, $0.value) })
    }
    #expect(connections("requests") == ["opening": 0, "idle": 4, "busy": 1, "leased": 0, "away": 2])
    #expect(reader.value("switchyard_pool_waiting", ["pool": "requests"]) == 7)
    #expect(reader.value("switchyard_pool_waiting", ["pool": "work"]) == nil, "it tells of no pool any more")
    for loop in ["worker-1", "worker-2"] {
      #expect(reader.value("switchyard_loop_lag_seconds", ["loop": loop]) == 2)
    }
    #expect(reader.value("switchyard_loop_lag_seconds", ["loop": "background"]) == 1)
  }
}
