import Foundation
import Glibc
import Testing

@Suite struct DemoTests {
  private static let brand = "61edf625-bf7c-877f-a1fb-3e98f591c70f"
  private static let customer = "e9166e31-1f22-837d-a2d6-d84bdc20ed9e"

  @Test("an empty folder becomes a server with six brands, and leaves nothing running") func fromNothing() async throws
  {
    let program = try Program(["demo"])
    let port = try await program.port()
    #expect(try Answer.get("/", port: port).headers["content-type"]?.hasPrefix("text/html") == true)
    #expect(try Answer.get("/openapi.yaml", port: port).body.hasPrefix("openapi: 3.1"))
    #expect(try Answer.get("/vendor/chart.min.js", port: port).status == 200)
    #expect(try Answer.get("/healthz", port: port).status == 200)
    #expect(try Answer.get("/readyz", port: port).status == 200)
    let brands = try Answer.get("/api/brands", port: port)
    #expect(brands.body.components(separatedBy: "\"customer_id\"").count == 7)
    #expect(brands.body.contains(#"{"id":"\#(Self.brand)","name":"Bramble & Oake","customer_id":"\#(Self.customer)"}"#))

    let tokenFile = program.folder.appending(path: ".switchyard/admin-token")
    let token = try String(contentsOf: tokenFile, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
    let mode = try FileManager.default.attributesOfItem(atPath: tokenFile.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(program.output.contains("admin-token"))
    #expect(!program.output.contains(token))

    let today = String(ISO8601DateFormatter().string(from: Date()).prefix(10))
    for path in [
      "dashboard", "visibility?interval=week", "topics", "competitors", "competitors/Pipewren/trend", "prompts",
      "keywords",
      "citations",
    ] {
      let range = "\(path.contains("?") ? "&" : "?")start=2020-01-01&end=2029-12-31".replacing(
        "2020-01-01", with: "2021-01-01")
      func answer(_ schema: String) throws -> Answer {
        try Answer.get(
          "/api/brands/\(Self.brand)/\(path)\(range)", port: port,
          headers: ["Authorization": "Bearer \(token)", "X-Schema-Override": schema])
      }
      let (old, new) = (try answer("old"), try answer("new"))
      #expect(old.status == 200 && new.status == 200, "\(path): \(old.body)")
      #expect(old.headers["x-schema"] == "old" && new.headers["x-schema"] == "new")
      #expect(new.headers["x-schema-reason"] == "override")
      #expect(old.body == new.body && old.headers["etag"] == new.headers["etag"], "\(path)")
    }
    let dashboard = try Answer.get("/api/brands/\(Self.brand)/dashboard?start=\(today)&end=\(today)", port: port)
    #expect(dashboard.status == 200)

    let score = try Answer.of(
      "POST", "/api/admin/brands/\(Self.brand)/score-now", port: port, headers: ["Authorization": "Bearer \(token)"],
      body: #"{"customer_id":"\#(Self.customer)","limit":10}"#)
    #expect(
      score.body.hasPrefix(
        #"{"processed":0,"skipped":0,"old_rows_written":0,"facts_written":0,"new_schema_errors":0,"remaining":0,"#))

    program.send(SIGTERM)
    #expect(try await program.wait() == 0)
    #expect(postgresProcesses(in: program.folder).isEmpty)

    let again = try Program(["demo"], in: program.folder)
    let portAgain = try await again.port()
    #expect(try Answer.get("/api/brands", port: portAgain).body == brands.body)
    again.send(SIGKILL)
    _ = try await again.wait()
    try await Program.poll(seconds: 20, "postgres to end") {
      postgresProcesses(in: program.folder).isEmpty ? true : nil
    }
    try FileManager.default.removeItem(at: program.folder)
  }

  @Test("a folder that only its owner may enter serves too") func closedFolder() async throws {
    let outer = try Program.newFolder()
    unsafe #expect(chmod(outer.path, 0o700) == 0)
    let inner = outer.appending(path: "inner")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    let program = try Program(["demo", "--no-serve"], in: inner)
    #expect(try await program.wait(seconds: 120) == 0, "\(program.output)")
    let elsewhere = try? FileManager.default.destinationOfSymbolicLink(
      atPath: inner.appending(path: ".switchyard/postgres/elsewhere").path)
    if let elsewhere { try FileManager.default.removeItem(atPath: elsewhere) }
    try FileManager.default.removeItem(at: outer)
  }

  @Test("--scale repeats, --no-serve ends") func scale() async throws {
    let program = try Program(["demo", "--scale=3", "--no-serve"])
    #expect(try await program.wait(seconds: 120) == 0, "\(program.output)")
    #expect(program.output.contains("score: 100 %  576/576 results"))
    #expect(program.output.contains("copied 576 results to the new schema"))
    #expect(postgresProcesses(in: program.folder).isEmpty)
    try FileManager.default.removeItem(at: program.folder)
  }
}
