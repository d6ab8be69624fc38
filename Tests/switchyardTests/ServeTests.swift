import EventLoop
import Foundation
import Glibc
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct ServeTests {
  private static let brand = "0b000000-0000-4000-8000-000000000001"

  @Test("before create it answers from the old tables; afterwards two processes share flags") func twoProcesses()
    async throws
  {
    let (settings, url) = try await TestPostgres.databaseWithURL()
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: Tests.oldTables)
    }
    let environment = ["DATABASE_URL": url, "ADMIN_TOKEN": "secret"]
    let first = try Program(["serve"], settings: environment)
    let port = try await first.port()
    let path = "/api/brands/\(Self.brand)/dashboard?start=2026-01-01&end=2026-01-31"
    let before = try Answer.get(path, port: port)
    #expect(before.status == 200 && before.headers["x-schema"] == "old" && before.headers["x-schema-reason"] == "flag")
    #expect(before.body.contains(#""total_responses":1,"presence_count":1,"avg_visibility":70.01"#))
    let forced = try Answer.get(
      path, port: port, headers: ["Authorization": "Bearer secret", "X-Schema-Override": "new"])
    #expect(forced.headers["x-schema"] == "old" && forced.headers["x-schema-reason"] == "fallback")

    for command in ["create", "backfill", "refresh"] {
      let work = try Program([command], settings: environment)
      #expect(try await work.wait() == 0, "\(work.output)")
      try FileManager.default.removeItem(at: work.folder)
    }
    let second = try Program(["serve"], settings: environment.merging(["PORT": "\(port)"]) { _, own in own })
    #expect(try await second.port() == port)
    let other = try Program(["serve"], settings: environment)
    let otherPort = try await other.port()
    let begun = Date()
    let patched = try Answer.of(
      "PATCH", "/api/admin/flags/dashboard", port: port,
      headers: ["Authorization": "Bearer secret", "X-Admin-User": "ada"],
      body: #"{"use_new_schema":true,"canary_percent":100}"#)
    #expect(patched.status == 200 && patched.body.contains(#""updated_by":"ada""#))
    try await Program.poll(seconds: 5, "the flag to arrive") {
      try Answer.get(path, port: otherPort).headers["x-schema"] == "new" ? true : nil
    }
    print("a flag change reached another process within \(Int(Date().timeIntervalSince(begun) * 1_000)) ms")
    #expect(try Answer.get(path, port: otherPort).body == before.body)

    _ = try Answer.of(
      "PATCH", "/api/admin/flags/dashboard", port: port, headers: ["Authorization": "Bearer secret"],
      body: #"{"canary_percent":50}"#)
    func schemas(_ port: UInt16) throws -> [String] {
      try (0..<60).map {
        try Answer.get(path, port: port, headers: ["X-User-Id": "user \($0)"]).headers["x-schema"] ?? ""
      }
    }
    try await Program.poll(seconds: 5, "the canary to arrive") {
      try Answer.get(path, port: otherPort).headers["x-schema-reason"] == "canary" ? true : nil
    }
    let here = try schemas(port)
    #expect(Set(here) == ["old", "new"])
    #expect(try schemas(otherPort) == here)
    for program in [first, second, other] {
      program.send(SIGTERM)
      #expect(try await program.wait() == 0)
    }
    let restarted = try Program(["serve"], settings: environment)
    let restartedPort = try await restarted.port()
    #expect(try schemas(restartedPort) == here)
    for program in [first, second, other, restarted] { try FileManager.default.removeItem(at: program.folder) }
  }

  @Test("without a token, or with an empty one, nobody is admin") func noToken() async throws {
    let (_, url) = try await TestPostgres.databaseWithURL()
    for environment in [["DATABASE_URL": url], ["DATABASE_URL": url, "ADMIN_TOKEN": ""]] {
      let program = try Program(["serve"], settings: environment)
      let port = try await program.port()
      for token in ["Bearer ", "Bearer x", ""] {
        #expect(try Answer.get("/api/admin/flags", port: port, headers: ["Authorization": token]).status == 403)
      }
      #expect(try Answer.get("/readyz", port: port).status == 503)
      #expect(try Answer.get("/healthz", port: port).status == 200)
      program.send(SIGTERM)
      #expect(try await program.wait() == 0)
      try FileManager.default.removeItem(at: program.folder)
    }
  }

  @Test("a database that is away at the start: alive, 503, then ready without help") func databaseAway() async throws {
    let (_, url) = try await TestPostgres.databaseWithURL()
    let folder = try Program.newFolder()
    let link = folder.appending(path: "socket")
    let parts = url.components(separatedBy: "host=")
    let socket = parts[1].components(separatedBy: "&")[0]
    let program = try Program(
      ["serve"], settings: ["DATABASE_URL": "\(parts[0])host=\(link.path)", "ADMIN_TOKEN": "secret"], in: folder)
    let port = try await program.port()
    #expect(try Answer.get("/healthz", port: port).status == 200)
    let away = try Answer.get("/api/brands", port: port)
    #expect(away.status == 503 && away.headers["retry-after"] != nil)
    #expect(away.headers["content-type"] == "application/problem+json")
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: socket)
    try await Program.poll(seconds: 15, "recovery: \(program.output)") {
      try Answer.get("/api/admin/flags", port: port, headers: ["Authorization": "Bearer secret"]).status == 200
        ? true : nil
    }
    program.send(SIGINT)
    #expect(try await program.wait() == 0)
    try FileManager.default.removeItem(at: folder)
  }

  @Test("demo leaves a database with tables of its own alone") func notEmpty() async throws {
    let (settings, url) = try await TestPostgres.databaseWithURL()
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: Tests.oldTables)
    }
    let program = try Program(["demo", "--no-serve"], settings: ["DATABASE_URL": url])
    #expect(try await program.wait() == 1)
    #expect(program.output.contains("demo needs an empty database"))
    try FileManager.default.removeItem(at: program.folder)
  }
}
