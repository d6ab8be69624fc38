import HTTP
import JSON
import Postgres
import Testing

@testable import API

@Suite("answers that say what is wrong")
struct ProblemTests {
  @Test("the members come in order, as compact JSON")
  func form() {
    let response = Problem.malformed([
      .init(field: "start", detail: "must be \"a\" date"), .init(field: "end", detail: "twice\n"),
    ]).response
    #expect(
      Answer(response: response, method: .get).text
        == #"{"type":"about:blank","title":"Bad Request","status":400,"detail":"start: must be \"a\" date; end: twice\n","errors":[{"field":"start","detail":"must be \"a\" date"},{"field":"end","detail":"twice\n"}]}"#
    )
    #expect(response.headers["Content-Type"]?.text == "application/problem+json")
    #expect(response.headers["Cache-Control"]?.text == "no-store")
  }

  @Test("bytes that are no request get a problem too", arguments: Status.allCases.filter { $0.code >= 400 })
  func refusal(status: Status) throws {
    let answer = Answer(response: Problem.refusal(status), method: .get)
    #expect(try answer.faults(status.code) == [])
  }

  @Test("with the database away every call that needs it is 503 with Retry-After, and says nothing of it")
  func databaseAway() async throws {
    let away = ConnectionSettings(
      socketDirectory: "/nonexistent-secret-folder", user: "secret-user", database: "secret-base",
      statementMillisecondsMax: 1_000)
    try await withClient(away, waitMilliseconds: 100) { client in
      let answers = [
        try await client.get("/api/brands"), try await client.get("/readyz"),
        try await client.get(Endpoint.all[0].target()),
        try await client.get(Endpoint.all[0].target(), Client.asAdmin, "X-Schema-Override: new"),
        try await client.admin(.get, "/api/admin/flags"), try await client.admin(.get, "/api/admin/flags/history"),
        try await client.admin(.patch, "/api/admin/flags/dashboard", #"{"use_new_schema":true}"#),
        try await client.admin(.patch, "/api/admin/flags", #"{"dual_write":true}"#),
        try await client.admin(.post, "/api/admin/rollback", #"{"reason":"x"}"#),
        try await client.admin(
          .post, "/api/admin/brands/\(SampleData.brand)/score-now", #"{"customer_id":"\#(SampleData.customer)"}"#),
      ]
      for answer in answers {
        #expect(try answer.faults(503) == [])
        #expect(answer.header("Retry-After").flatMap { Int($0) } ?? 0 >= 1)
        #expect(!answer.text.contains("secret") && !answer.text.contains("SELECT"))
      }
      #expect(try await client.get("/healthz").status == 200)
      // what is wrong with the request is told all the same
      #expect(try await client.get("/api/brands/x/dashboard").faults(400) == ["brand_id"])
    }
  }

  @Test("a fault of ours is a 500 that says nothing; the log says what it was")
  func fault() async throws {
    let settings = try await SampleData.database(.oldSchema)
    try await withClient(settings) { client in
      try await client.run("ALTER TABLE brands RENAME TO brands_gone")
      for target in ["/api/brands", Endpoint.all[0].target()] {
        let answer = try await client.get(target)
        #expect(try answer.faults(500) == [])
        #expect(
          !answer.text.contains("brands_gone") && !answer.text.contains("SELECT") && !answer.text.contains("42P01"))
      }
      #expect(client.log.text.contains("42P01"))
      #expect(!client.log.text.contains(Client.token))
    }
  }
}
