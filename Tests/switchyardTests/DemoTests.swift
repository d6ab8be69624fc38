import Foundation
import Glibc
import Testing

/// `demo` with its private PostgreSQL, in a folder of its own.
@Suite struct DemoTests {
  private static let bramble = "61edf625-bf7c-877f-a1fb-3e98f591c70f"

  private static func brands(_ client: Client) async throws -> [[String: String]] {
    try await client.get("/api/brands").json()["brands"] as? [[String: String]] ?? []
  }

  @Test("an empty folder becomes a page, six brands, and two schemas that say the same")
  func answers() async throws {
    let folder = try Folder()
    let program = try Program(["demo"], in: folder, ["PORT": "0"])
    let address = try await program.address()
    try await eventually("the token is made", while: program.isRunning) {
      (try? folder.text(".switchyard/admin-token")) != nil
    }
    let token = try folder.text(".switchyard/admin-token").trimmingCharacters(in: .newlines)
    let client = Client(address, token: token)

    let page = try await client.get("/")
    #expect(page.status == 200 && page.headers["content-type"]?.hasPrefix("text/html") == true)
    let brands = try await Self.brands(client)
    #expect(brands.count == 6)
    #expect(brands.first { $0["name"] == "Bramble & Oake" }?["id"] == Self.bramble)
    for path in ["/readyz", "/healthz"] { #expect(try await client.get(path).status == 200) }

    var total = 0
    for brand in brands.compactMap({ $0["id"] }) {
      for path in Client.services(of: brand) {
        let old = try await client.get(path, ["X-Schema-Override": "old"])
        let new = try await client.get(path, ["X-Schema-Override": "new"])
        #expect(old.status == 200 && new.status == 200, "\(path)")
        #expect(old.schema == "old override" && new.schema == "new override", "\(path)")
        #expect(old.body == new.body && old.headers["etag"] == new.headers["etag"], "\(path)")
        #expect(try await client.get(path).schema == "old flag")
      }
      let wide = "/api/brands/\(brand)/dashboard?start=2020-01-01&end=\(Self.today)"
      let totals = try await client.get(wide).json()["totals"] as? [String: Any]
      total += totals?["total_responses"] as? Int ?? 0
    }
    #expect(total == 192)
    #expect(try await program.end(after: SIGTERM) == 0)
    #expect(folder.serverProcesses.isEmpty)
  }

  private static var today: String { ISO8601DateFormatter().string(from: .now).prefix(10).description }

  @Test("the token is in a file that only its owner reads, and curl gets in with it")
  func token() async throws {
    let folder = try Folder()
    let program = try Program(["demo"], in: folder, ["PORT": "0"])
    let address = try await program.address()
    try await eventually("it tells where the token is", while: program.isRunning) {
      program.printed.contains("\(folder.path)/.switchyard/admin-token")
    }
    #expect(try folder.mode(of: ".switchyard/admin-token") == 0o600)
    let script = """
      TOKEN=$(cat .switchyard/admin-token)
      curl -sS -o /dev/null -w '%{http_code} ' $A/api/admin/flags
      curl -sS -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $TOKEN" $A/api/admin/flags
      curl -sS -o /dev/null -w '%{http_code} ' -X PATCH -H "Authorization: Bearer $TOKEN" \
        -H 'Content-Type: application/json' -d '{"use_new_schema":true,"canary_percent":100}' $A/api/admin/flags/topics
      for i in $(seq 100); do
        curl -sS -D - -o /dev/null $A/api/brands/\(Self.bramble)/topics | tr -d '\\r' | grep -iq '^x-schema: new' && break
      done
      curl -sS -D - -o /dev/null --compressed $A/api/brands/\(Self.bramble)/topics | tr -d '\\r' | grep -i '^x-schema'
      """
    let printed = try Shell.run(script, in: folder, ["A": address]).lowercased()
    #expect(printed == "401 200 200 x-schema: new\nx-schema-reason: flag\n")
    #expect(try await program.end(after: SIGINT) == 0)
    #expect(folder.serverProcesses.isEmpty)
  }

  @Test(
    "ended or killed, nothing keeps running, and the next start has the data", arguments: [0o755, 0o700],
    [SIGTERM, SIGKILL])
  func restarts(_ mode: Int, _ signal: Int32) async throws {
    let folder = try Folder(mode: mode)
    let first = try Program(["demo"], in: folder, ["PORT": "0", "ADMIN_TOKEN": "t"])
    let client = Client(try await first.address(), token: "t")
    #expect(
      try await client.patch("/api/admin/flags/topics", #"{"use_new_schema":true,"canary_percent":100}"#).status == 200)
    let paths = Client.services(of: Self.bramble)
    var bodies: [Data] = []
    for path in paths { bodies.append(try await client.get(path).body) }
    #expect(!folder.serverProcesses.isEmpty)
    #expect(try await first.end(after: signal) == (signal == SIGKILL ? -SIGKILL : 0))
    if signal == SIGTERM { #expect(folder.serverProcesses.isEmpty) }
    try await eventually("postgres is gone") { folder.serverProcesses.isEmpty }

    let second = try Program(["demo"], in: folder, ["PORT": "0", "ADMIN_TOKEN": "t"])
    let again = Client(try await second.address(), token: "t")
    for (path, body) in zip(paths, bodies) { #expect(try await again.get(path).body == body, "\(path)") }
    #expect(try await again.get(paths[4]).schema == "new flag")
    #expect(try await Self.brands(again).count == 6)
    #expect(try await second.end(after: SIGTERM) == 0)
  }
}
