import HTTP
import JSON
import Testing

private func scoreNowBody(_ limit: String? = nil, customer: String = SampleData.customer) -> String {
  #"{"customer_id":"\#(customer)"\#(limit.map { ",\"limit\":\($0)" } ?? "")}"#
}

struct ScoreNowFault: Sendable, CustomTestStringConvertible {
  let body: String
  let status: Int
  let fields: [String]
  var brand = SampleData.emptyBrand

  var testDescription: String { "\(brand) \(body)" }
}

private let scoreNowFaults: [ScoreNowFault] = [
  ScoreNowFault(body: "{}", status: 400, fields: ["customer_id"]),
  ScoreNowFault(body: #"{"customer_id":1}"#, status: 400, fields: ["customer_id"]),
  ScoreNowFault(body: #"{"customer_id":null}"#, status: 400, fields: ["customer_id"]),
  ScoreNowFault(body: #"{"customer_id":"x"}"#, status: 400, fields: ["customer_id"]),
  ScoreNowFault(body: scoreNowBody("0"), status: 422, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("-1"), status: 422, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("10001"), status: 422, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("99999999999999999999"), status: 422, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("1.5"), status: 400, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("\"5\""), status: 400, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("null"), status: 400, fields: ["limit"]),
  ScoreNowFault(body: scoreNowBody("true"), status: 400, fields: ["limit"]),
  ScoreNowFault(
    body: #"{"customer_id":"x","limit":"y","z":1}"#, status: 400, fields: ["z", "brand_id", "customer_id", "limit"],
    brand: "x"),
  ScoreNowFault(body: #"{"customer_id":"x","limit":0}"#, status: 400, fields: ["customer_id"]),
  ScoreNowFault(body: scoreNowBody(), status: 404, fields: [], brand: SampleData.unknownBrand),
  ScoreNowFault(body: scoreNowBody("0"), status: 422, fields: ["limit"], brand: SampleData.unknownBrand),
  ScoreNowFault(body: scoreNowBody(customer: SampleData.otherCustomer), status: 422, fields: ["customer_id"]),
  ScoreNowFault(body: scoreNowBody(customer: SampleData.unknownBrand), status: 422, fields: ["customer_id"]),
]

@Suite("score-now over HTTP")
struct ScoreNowRoutesTests {
  private static func target(_ brand: String = SampleData.emptyBrand) -> String {
    "/api/admin/brands/\(brand)/score-now"
  }

  /// The report without its duration, which is any whole number.
  private static func report(_ client: Client, _ body: String, brand: String = SampleData.emptyBrand) async throws
    -> String
  {
    let answer = try await client.admin(.post, target(brand), body)
    #expect(answer.status == 200, "\(answer.text)")
    #expect(answer.header("Cache-Control") == "no-store")
    let body = try answer.json()
    #expect((body["duration_ms"]?.integer ?? -1) >= 0)
    let parts = answer.text.split(separator: #","duration_ms":"#)
    #expect(parts.count == 2)
    return String(parts[0])
  }

  @Test("it scores up to the limit, writes both schemas, and tells what remains")
  func reports() async throws {
    try await withClient(try await SampleData.database()) { client in
      #expect(
        try await Self.report(client, scoreNowBody("2"), brand: SampleData.emptyBrand.uppercased())
          == #"{"processed":2,"skipped":0,"old_rows_written":4,"facts_written":2,"new_schema_errors":0,"remaining":3"#)
      #expect(
        try await Self.report(client, scoreNowBody(customer: SampleData.customer.uppercased()))
          == #"{"processed":3,"skipped":0,"old_rows_written":6,"facts_written":3,"new_schema_errors":0,"remaining":0"#)
      for limit in [nil, "1", "10000"] {
        #expect(
          try await Self.report(client, scoreNowBody(limit))
            == #"{"processed":0,"skipped":0,"old_rows_written":0,"facts_written":0,"new_schema_errors":0,"remaining":0"#
        )
      }
      let counts = try await client.value(
        "SELECT (SELECT count(*) FROM extracted_positions WHERE brand_id = '\(SampleData.emptyBrand)') || ' ' || (SELECT count(*) FROM metric_facts WHERE brand_id = '\(SampleData.emptyBrand)')"
      )
      #expect(counts == "10 5")
      for endpoint in Endpoint.all {
        let target = endpoint.target(SampleData.emptyBrand, "")
        let old = try await client.get(target, Client.asAdmin, "X-Schema-Override: old")
        let new = try await client.get(target, Client.asAdmin, "X-Schema-Override: new")
        #expect(new.header("X-Schema") == "new")
        #expect(old.text == new.text)
      }
      let totals = try await client.get(Endpoint.all[0].target(SampleData.emptyBrand, "")).json()["totals"]
      #expect(totals?["total_responses"]?.integer == SampleData.unscoredCount)
    }
  }

  @Test("before create only the old rows are written")
  func beforeCreate() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client async throws in
      #expect(
        try await Self.report(client, scoreNowBody())
          == #"{"processed":5,"skipped":0,"old_rows_written":10,"facts_written":0,"new_schema_errors":0,"remaining":0"#)
    }
  }

  @Test("with dual write off the results wait in the queue, and that is no error")
  func dualWriteOff() async throws {
    try await withClient(try await SampleData.database()) { client in
      #expect(try await client.admin(.patch, "/api/admin/flags", #"{"dual_write":false}"#).status == 200)
      #expect(
        try await Self.report(client, scoreNowBody())
          == #"{"processed":5,"skipped":0,"old_rows_written":10,"facts_written":0,"new_schema_errors":0,"remaining":0"#)
      #expect(try await client.value("SELECT count(*) FROM switchyard.repair_queue") == "5")
      let read = try await client.get(
        Endpoint.all[0].target(SampleData.emptyBrand, ""), Client.asAdmin, "X-Schema-Override: new")
      #expect([read.header("X-Schema"), read.header("X-Schema-Reason")] == ["old", "fallback"])
    }
  }

  @Test("a failing new side costs no old row and is counted")
  func newSideFails() async throws {
    try await withClient(try await SampleData.database()) { client in
      try await client.run("ALTER TABLE metric_facts ADD CHECK (brand_id <> '\(SampleData.emptyBrand)')")
      #expect(
        try await Self.report(client, scoreNowBody())
          == #"{"processed":5,"skipped":0,"old_rows_written":10,"facts_written":0,"new_schema_errors":5,"remaining":0"#)
      #expect(try await client.value("SELECT count(*) FROM switchyard.repair_queue") == "5")
    }
  }

  @Test("faults name their fields and score nothing", arguments: scoreNowFaults)
  func faults(fault: ScoreNowFault) async throws {
    try await withClient { client in
      let answer = try await client.admin(.post, Self.target(fault.brand), fault.body)
      #expect(try answer.faults(fault.status) == fault.fields, "\(answer.text)")
      #expect(
        try await client.value("SELECT count(*) FROM extracted_positions WHERE brand_id = '\(SampleData.emptyBrand)'")
          == "0")
    }
  }
}
