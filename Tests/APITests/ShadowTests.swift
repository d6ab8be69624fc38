import Catalog
import Cutover
import EventLoop
import HTTP
import JSON
import Migration
import Rollout
import SQL
import TestSupport
import Testing

@Suite("shadow reads")
struct ShadowTests {
  private static func shadowAll(_ useNewSchema: Bool) -> FlagSet {
    FlagSet(
      Catalog().services.map { service in
        var flag = Flag(service: service.name)
        flag.useNewSchema = useNewSchema
        flag.canaryPercent = .all
        flag.shadowPercent = .all
        return flag
      })
  }

  /// What was found, once so many were compared.
  private static func counts(_ client: Client, after comparisons: Int) async throws -> [String?] {
    try await eventually("\(comparisons) comparisons are told", on: client.loop) {
      try await client.ledger.tell(client.pool)
      let told = try await client.value("SELECT coalesce(sum(comparisons), 0) FROM switchyard.shadow_counts")
      return told == String(comparisons)
    }
    let rows = try await client.pool.query(
      Statement("SELECT outcome || ' ' || sum(comparisons) FROM switchyard.shadow_counts GROUP BY outcome ORDER BY 1"))
    return (0..<rows.count).map { rows.string(row: $0, column: 0) }
  }

  private static func differences(_ client: Client, of service: String) async throws -> [JSONValue] {
    try await client.admin(.get, "/api/admin/shadow/\(service)/differences").json()["differences"]?.array ?? []
  }

  private static func verdict(_ client: Client, _ difference: JSONValue) async throws -> String? {
    let token = try #require(difference["token"]?.string)
    let answer = try await client.admin(.post, "/api/admin/shadow/differences/\(token)/replay")
    #expect(answer.status == 200, "\(answer.text)")
    return try answer.json()["verdict"]?.string
  }

  @Test("every endpoint, whichever schema answers: the same", arguments: [false, true])
  func same(_ useNewSchema: Bool) async throws {
    try await withClient(try await SampleData.database()) { client in
      client.flags.set(Self.shadowAll(useNewSchema))
      for endpoint in Endpoint.all {
        let answer = try await client.get(endpoint.target())
        #expect(answer.header("X-Schema") == (useNewSchema ? "new" : "old"))
      }
      #expect(try await Self.counts(client, after: Endpoint.all.count) == ["same \(Endpoint.all.count)"])
      #expect(try await client.value("SELECT count(*) FROM switchyard.shadow_differences") == "0")
    }
  }

  @Test("a difference is kept, found again while it lasts, and not when it is repaired")
  func different() async throws {
    try await withClient(try await SampleData.database()) { client in
      client.flags.set(Self.shadowAll(false))
      try await client.run("UPDATE brand_metrics SET visibility_index = visibility_index + 1 WHERE metric_fact_id = 7")
      let before = try await client.get(Endpoint.all[0].target()).text
      #expect(try await Self.counts(client, after: 1) == ["different 1"])
      let difference = try #require(try await Self.differences(client, of: "dashboard").first)
      #expect(difference["path"]?.string == "/dashboard")
      #expect(difference["subject"]?.string == SampleData.brand)
      #expect(difference["parameters"]?["start"]?.string == "2026-01-01")
      let paths = difference["differences"]?.array?.compactMap { $0["path"]?.string } ?? []
      #expect(!paths.isEmpty && paths.allSatisfy { $0.hasSuffix(".avg_visibility") }, "\(paths)")
      #expect(try await Self.verdict(client, difference) == "different")
      try await client.run("UPDATE brand_metrics SET visibility_index = visibility_index - 1 WHERE metric_fact_id = 7")
      #expect(try await Self.verdict(client, difference) == "repaired")
      #expect(try await client.get(Endpoint.all[0].target()).text == before)
      #expect(try await Self.counts(client, after: 2) == ["different 1", "same 1"])
    }
  }

  @Test("a difference that old rows make which are not copied is explained; any other beside it is not")
  func explained() async throws {
    try await withClient(try await SampleData.database()) { client in
      client.flags.set(Self.shadowAll(false))
      // A competitor that nobody knows.
      try await client.run(
        """
        INSERT INTO extracted_positions (
          collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name,
          competitor_mentions, visibility_index_competitor, processed_at)
        SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, 'Nobody', 1, 5,
          processed_at
        FROM extracted_positions WHERE collector_result_id = 7 AND competitor_name IS NULL
        """)
      let competitors = try #require(Endpoint.all.first { $0.target().contains("/competitors?") })
      _ = try await client.get(competitors.target())
      #expect(try await Self.counts(client, after: 1) == ["explained 1"])
      #expect(try await Self.differences(client, of: "competitors").isEmpty)
      try await client.run(
        "UPDATE competitor_metrics SET visibility_index = visibility_index + 1 WHERE metric_fact_id = 9")
      _ = try await client.get(competitors.target())
      #expect(try await Self.counts(client, after: 2) == ["different 1", "explained 1"])
      let difference = try #require(try await Self.differences(client, of: "competitors").first)
      #expect(try await Self.verdict(client, difference) == "different")
      try await client.run(
        "UPDATE competitor_metrics SET visibility_index = visibility_index - 1 WHERE metric_fact_id = 9")
      #expect(try await Self.verdict(client, difference) == "explained")
    }
  }

  @Test("a guard does not trip on a difference that is explained, however often it was asked before")
  func explainedToGuard() async throws {
    try await withClient(try await SampleData.database()) { client in
      var flag = Flag(service: "competitors")
      flag.useNewSchema = true
      flag.canaryPercent = .all
      flag.guardRule = GuardRule(errorRate: 0.01, latencyRatio: 100, mismatchRate: 0, minSamples: 1)
      client.flags.set(FlagSet([flag]))
      let competitors = try #require(Endpoint.all.first { $0.target().contains("/competitors?") })
      _ = try await client.get(competitors.target())
      #expect(try await Self.counts(client, after: 1) == ["same 1"])
      // A competitor that nobody knows.
      try await client.run(
        """
        INSERT INTO extracted_positions (
          collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, competitor_name,
          competitor_mentions, visibility_index_competitor, processed_at)
        SELECT collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, 'Nobody', 1, 5,
          processed_at
        FROM extracted_positions WHERE collector_result_id = 7 AND competitor_name IS NULL
        """)
      for asked in 1...4 {
        _ = try await client.get(competitors.target())
        #expect(try await Self.counts(client, after: 1 + asked) == ["explained \(asked)", "same 1"])
      }
      #expect(client.canaries.trips(of: "competitors", for: .differences) == 0)
      try await client.run("UPDATE competitor_metrics SET visibility_index = 1 WHERE metric_fact_id = 9")
      _ = try await client.get(competitors.target())
      #expect(try await Self.counts(client, after: 6) == ["different 1", "explained 4", "same 1"])
      #expect(client.canaries.trips(of: "competitors", for: .differences) == 1)
    }
  }

  @Test("a new side that fails is told, and the answer does not suffer")
  func failing() async throws {
    try await withClient(try await SampleData.database()) { client in
      client.flags.set(Self.shadowAll(false))
      try await client.run("ALTER TABLE competitor_metrics RENAME TO gone")
      let competitors = try #require(Endpoint.all.first { $0.target().contains("/competitors?") })
      let answer = try await client.get(competitors.target())
      #expect(answer.status == 200 && answer.header("X-Schema") == "old")
      #expect(try await Self.counts(client, after: 1) == ["new_failed 1"])
    }
  }

  @Test("no token, an unknown one and an unknown service")
  func refusals() async throws {
    try await withClient(try await SampleData.database()) { client in
      _ = try await client.admin(.get, "/api/admin/shadow/nothing/differences").problem(404)
      _ = try await client.admin(.post, "/api/admin/shadow/differences/x/replay").problem(400)
      _ = try await client.admin(.post, "/api/admin/shadow/differences/\(SampleData.unknownBrand)/replay").problem(404)
      #expect(try await client.get("/api/admin/shadow/topics/differences").status == 401)
    }
  }
}
