import HTTP
import JSON
import Testing

/// The read endpoints, as api.md section 1 lists them.
private let stats = [
  "total_responses", "presence_count", "avg_visibility", "avg_share", "avg_sentiment", "positive_count",
  "negative_count", "neutral_count",
]

struct Endpoint: Sendable, CustomTestStringConvertible {
  let path: String
  /// Members after the common ones.
  let members: [String]
  /// Members of the rows of the last of them.
  let row: [String]

  var testDescription: String { path }

  func target(_ brand: String = SampleData.brand, _ query: String = SampleData.range) -> String {
    "/api/brands/\(brand)\(path)?\(query)"
  }

  static let all = [
    Endpoint(
      path: "/dashboard", members: ["totals", "by_collector", "daily"], row: ["metric_date", "collector_type"] + stats),
    Endpoint(
      path: "/visibility", members: ["interval", "points"],
      row: ["period", "total_responses", "presence_count", "avg_visibility", "avg_share"]),
    Endpoint(path: "/topics", members: ["topics"], row: ["topic"] + stats),
    Endpoint(
      path: "/competitors", members: ["competitors"],
      row: ["competitor_name", "total_responses", "presence_count", "total_mentions"] + stats.dropFirst(2)),
    Endpoint(
      path: "/competitors/Acme/trend", members: ["competitor_name", "points"],
      row: [
        "metric_date", "collector_type", "total_responses", "presence_count", "total_mentions", "avg_visibility",
        "avg_share",
      ]),
    Endpoint(path: "/prompts", members: ["prompts"], row: ["query_id", "query_text", "topic"] + stats),
    Endpoint(path: "/keywords", members: ["keywords"], row: ["keyword"] + stats),
    Endpoint(path: "/citations", members: ["sources"], row: ["domain", "citations", "responses"] + stats.dropFirst()),
  ]
}

@Suite("the read endpoints")
struct ServiceRoutesTests {
  @Test(
    "each service answers from both schemas with the same bytes, keys in the contract's order", arguments: Endpoint.all)
  func bothSchemas(endpoint: Endpoint) async throws {
    try await withClient { client in
      let old = try await client.get(endpoint.target(), Client.asAdmin, "X-Schema-Override: old")
      let new = try await client.get(endpoint.target(), Client.asAdmin, "X-Schema-Override: new")
      for (answer, schema) in [(old, "old"), (new, "new")] {
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("X-Schema") == schema)
        #expect(answer.header("X-Schema-Reason") == "override")
        #expect(answer.header("Content-Type") == "application/json")
        #expect(answer.header("Cache-Control") == "private, no-cache")
      }
      #expect(old.text == new.text)
      #expect(old.header("ETag") == new.header("ETag"))
      let body = try old.json()
      #expect(body.names == ["brand_id", "brand_name", "start", "end", "collectors"] + endpoint.members)
      #expect(body["brand_id"]?.string == SampleData.brand)
      #expect(body["brand_name"]?.string == "Bramble")
      #expect(body["start"]?.string == "2026-01-01")
      #expect(body["end"]?.string == "2026-03-31")
      #expect(body["collectors"] == .null)
      let rows = try #require(body[endpoint.members.last ?? ""]?.array)
      #expect(!rows.isEmpty)
      for row in rows { #expect(row.names == endpoint.row) }
    }
  }

  @Test("the dashboard's totals and by_collector have their keys and add up")
  func dashboard() async throws {
    try await withClient { client in
      let body = try await client.get(Endpoint.all[0].target()).json()
      let totals = try #require(body["totals"])
      #expect(totals.names == stats + ["first_response", "last_response"])
      #expect(totals["total_responses"]?.integer == 90)
      #expect(totals["avg_share"]?.number == "50.00")
      #expect(totals["first_response"]?.string == "2026-01-02T01:00:00.000000Z")
      let collectors = try #require(body["by_collector"]?.array)
      #expect(collectors.map { $0["collector_type"]?.string } == ["chatgpt", "claude"])
      #expect(collectors.compactMap { $0["total_responses"]?.integer } == [60, 30])
      for collector in collectors { #expect(collector.names == ["collector_type"] + stats) }
    }
  }

  @Test("brands come by name, with their keys in order")
  func brands() async throws {
    try await withClient { client in
      let answer = try await client.get("/api/brands")
      #expect(answer.status == 200)
      #expect(answer.header("X-Schema") == nil)
      #expect(answer.header("ETag") != nil)
      #expect(
        answer.text
          == #"{"brands":[{"id":"\#(SampleData.brand)","name":"Bramble","customer_id":"\#(SampleData.customer)"},"#
          + #"{"id":"\#(SampleData.emptyBrand)","name":"Käuzli \"fine\" & <b>","customer_id":"\#(SampleData.customer)"}]}"#
      )
    }
  }

  @Test("a brand without rows gives zero counts, nulls and empty lists", arguments: Endpoint.all)
  func emptyBrand(endpoint: Endpoint) async throws {
    try await withClient { client in
      let answer = try await client.get(endpoint.target(SampleData.emptyBrand))
      #expect(answer.status == 200)
      let body = try answer.json()
      #expect(body.names == ["brand_id", "brand_name", "start", "end", "collectors"] + endpoint.members)
      #expect(body[endpoint.members.last ?? ""] == .array([]))
    }
  }

  @Test(
    "the interval is echoed, day unless asked otherwise",
    arguments: [("", "day"), ("&interval=day", "day"), ("&interval=week", "week"), ("&interval=month", "month")])
  func interval(query: String, echo: String) async throws {
    try await withClient { client in
      let body = try await client.get("/api/brands/\(SampleData.brand)/visibility?\(SampleData.range)\(query)").json()
      #expect(body["interval"]?.string == echo)
      let periods = try #require(body["points"]?.array).compactMap { $0["period"]?.string }
      switch echo {
      case "month": #expect(periods == ["2026-01-01", "2026-02-01"])
      case "week": #expect(periods.first == "2025-12-29" && periods.count == 8)
      default: #expect(periods.count == 49 && periods.first == "2026-01-02")
      }
    }
  }

  @Test(
    "HEAD is answered as GET is", arguments: Endpoint.all.map { $0.target() } + ["/api/brands", "/healthz", "/readyz"])
  func head(target: String) async throws {
    try await withClient { client in
      let get = try await client.get(target)
      let head = try await client.ask(.head, target)
      #expect(head.status == 200)
      #expect(head.body == get.body, "the writer leaves the body out and keeps its length")
      #expect(head.response.headers.fields.map(\.name) == get.response.headers.fields.map(\.name))
    }
  }

  @Test("health asks nothing of the database, readiness needs its tables")
  func health() async throws {
    try await withClient { client in
      for path in ["/healthz", "/readyz"] {
        let answer = try await client.get(path)
        #expect(answer.status == 200)
        #expect(answer.text == #"{"status":"ok"}"#)
        #expect(answer.header("Cache-Control") == "no-store")
      }
    }
    try await withClient(try await SampleData.database(.nothing)) { client in
      #expect(try await client.get("/healthz").status == 200)
      let answer = try await client.get("/readyz")
      _ = try answer.problem(503)
      #expect(answer.header("Retry-After") == "1")
    }
  }
}
