import HTTP
import JSON
import Testing

@testable import API

@Suite("the admin calls and their token")
struct AdminAccessTests {
  /// A target for each admin route.
  private static func targets(_ client: Client) -> [(Method, String)] {
    client.api.routes.filter { $0.access == .admin }.map {
      ($0.method, $0.path.concrete)
    }
  }

  @Test("every path below /api/admin is an admin call, and no other")
  func everyRoute() async throws {
    try await withClient { client in
      for route in client.api.routes {
        #expect((route.access == .admin) == route.path.hasPrefix("/api/admin/"), "\(route.path)")
      }
      #expect(Self.targets(client).count >= 6)
    }
  }

  @Test(
    "without the token each is refused, and says how to show it",
    arguments: [
      [], ["Authorization: Bearer wrong"], ["Authorization: Bearer"], ["Authorization: Bearer "],
      ["Authorization: \(Client.token)"], ["Authorization: Basic \(Client.token)"],
      ["Authorization: Bearer \(Client.token)x"], ["Authorization: Bearer correct"],
      ["Authorization: Bearer CORRECT HORSE"], ["Authorization:Bearer\(Client.token)"],
      [Client.asAdmin, Client.asAdmin], ["X-Admin-Token: \(Client.token)"],
    ])
  func refused(headers: [String]) async throws {
    try await withClient { client in
      for (method, target) in Self.targets(client) {
        let answer = try await client.ask(method, target, headers, body: Array("not even JSON".utf8))
        _ = try answer.problem(401)
        #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
        if method == .get { _ = try await client.ask(.head, target, headers).problem(401) }
      }
    }
  }

  @Test("the scheme's case does not matter", arguments: ["Bearer", "bearer", "BEARER", "Bearer "])
  func scheme(scheme: String) async throws {
    try await withClient { client in
      let answer = try await client.get("/api/admin/flags", "Authorization: \(scheme) \(Client.token)")
      #expect(answer.status == 200)
    }
  }

  @Test("where no token is configured, nobody gets in", arguments: [nil, ""])
  func noToken(token: String?) async throws {
    try await withClient(token: token) { client in
      for (method, target) in Self.targets(client) {
        for headers in [[], ["Authorization: Bearer "], [Client.asAdmin]] {
          _ = try await client.ask(method, target, headers).problem(403)
        }
      }
    }
  }

  @Test("what is refused changes nothing")
  func nothingChanged() async throws {
    try await withClient { client in
      _ = try await client.ask(.patch, "/api/admin/flags/dashboard", body: Array(#"{"use_new_schema":true}"#.utf8))
        .problem(401)
      _ = try await client.ask(.post, "/api/admin/rollback").problem(401)
      #expect(try await client.value("SELECT count(*) FROM switchyard.flag_history") == "0")
    }
  }
}
