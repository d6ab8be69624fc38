import Foundation
import Testing

/// `loadtest` against a program that serves.
@Suite struct LoadTestCommandTests {
  private struct Server {
    let database: ServerDatabase
    let folder: Folder
    let program: Program
    let address: String

    /// Both schemas, filled.
    static func start(_ steps: [String] = ["create", "backfill", "refresh"]) async throws -> Server {
      let database = try await ServerDatabase.make()
      let folder = try Folder()
      for step in steps {
        #expect(try await Program.run([step], in: folder, ["DATABASE_URL": database.url]).status == 0)
      }
      let program = try Program(["serve"], in: folder, ["DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t"])
      return Server(database: database, folder: folder, program: program, address: try await program.address())
    }

    func loadTest(_ options: String..., token: String? = "t") async throws -> (status: Int32, printed: String) {
      try await Program.run(
        ["loadtest", "--url", address, "--warm-up", "0", "--duration", "1", "--seed", "1"] + options, in: folder,
        token.map { ["ADMIN_TOKEN": $0] } ?? [:])
    }
  }

  private static func json(_ printed: String) throws -> [String: Any] {
    let line = try #require(printed.split(separator: "\n").first { $0.hasPrefix("{") })
    return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test("equal answers of every service: exit 0, and JSON with all that was measured")
  func equal() async throws {
    let server = try await Server.start()
    let run = try await server.loadTest("--rate", "80", "--json")
    #expect(run.status == 0, "\(run.printed)")
    let report = try Self.json(run.printed)
    #expect(
      Set(report.keys) == [
        "url", "rate", "concurrency", "duration_s", "warm_up_s", "seed", "requests", "late_ms", "errors", "error_kinds",
        "sent_again",
        "confidence_percent", "compared", "different", "uncompared", "differences", "services",
      ])
    #expect(report["url"] as? String == server.address && report["seed"] as? Int == 1)
    #expect(report["requests"] as? Int == 80 && report["compared"] as? Int == 40 && report["different"] as? Int == 0)
    let services = try #require(report["services"] as? [[String: Any]])
    #expect(
      services.compactMap { $0["service"] as? String } == [
        "all", "dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations",
      ])
    #expect(services.compactMap { $0["pairs"] as? Int }.reduce(0, +) == 80)
    for service in services {
      #expect(Set(service.keys) == ["service", "pairs", "old_ms", "new_ms", "new_to_old"])
      for side in ["old_ms", "new_ms"] {
        let values = try #require(service[side] as? [String: Double])
        #expect(Set(values.keys) == ["mean", "p50", "p90", "p99", "p99.9"] && values.values.allSatisfy { $0 > 0 })
      }
      let ratios = try #require(service["new_to_old"] as? [String: [String: Any]])
      for ratio in ratios.values { #expect(Set(ratio.keys) == ["ratio", "low", "high", "verdict"]) }
    }
    let text = try await server.loadTest("--service", "competitors", "--subject", ServerDatabase.brand, "--rate", "20")
    #expect(text.status == 0 && text.printed.contains("competitors"), "\(text.printed)")
    #expect(text.printed.contains("different: 0") && text.printed.contains("Errors: 0"))
    #expect(try await server.program.end(after: SIGTERM) == 0)
  }

  @Test("a new table that says something else: exit 1, and the path with both lengths and entity tags")
  func spoilt() async throws {
    let server = try await Server.start()
    try await server.database.run("UPDATE metric_facts SET topic = topic || ' and more'")
    let run = try await server.loadTest("--service", "topics", "--rate", "20", "--json")
    #expect(run.status == 1, "\(run.printed)")
    let report = try Self.json(run.printed)
    #expect(report["different"] as? Int == 10 && report["errors"] as? Int == 0)
    let difference = try #require((report["differences"] as? [[String: Any]])?.first)
    let path = try #require(difference["path"] as? String)
    #expect(path.hasPrefix("/api/brands/\(ServerDatabase.brand)/topics?"))
    let client = Client(server.address, token: "t")
    for side in ["old", "new"] {
      let answer = try await client.get(path, ["X-Schema-Override": side, "Accept-Encoding": "identity"])
      let body = try #require(difference[side] as? [String: Any])
      #expect(body["bytes"] as? Int == answer.body.count && body["etag"] as? String == answer.headers["etag"])
    }
    let text = try await server.loadTest("--service", "topics", "--rate", "20")
    #expect(text.status == 1 && text.printed.contains(path.prefix(60)), "\(text.printed)")
    let other = try await server.loadTest("--service", "citations", "--rate", "20")
    #expect(other.status == 0, "\(other.printed)")
    #expect(try await server.program.end(after: SIGTERM) == 0)
  }

  @Test("a new schema that does not answer is an error, not an equal answer")
  func fallback() async throws {
    let server = try await Server.start([])
    let run = try await server.loadTest("--service", "topics", "--rate", "20", "--json")
    #expect(run.status == 1, "\(run.printed)")
    let report = try Self.json(run.printed)
    #expect(report["errors"] as? Int == 10 && report["compared"] as? Int == 0)
    let kind = try #require((report["error_kinds"] as? [[String: Any]])?.first)
    #expect(kind["schema"] as? String == "new" && kind["error"] as? String == "not answered by the new schema")
    #expect(try await server.program.end(after: SIGTERM) == 0)
  }

  @Test("any other path of any server: percentiles of one side, and no token")
  func onePath() async throws {
    let server = try await Server.start([])
    let run = try await server.loadTest("--path", "/healthz", "--rate", "50", "--json", token: nil)
    #expect(run.status == 0, "\(run.printed)")
    let report = try Self.json(run.printed)
    #expect(
      Set(report.keys) == [
        "url", "rate", "concurrency", "duration_s", "warm_up_s", "seed", "requests", "late_ms", "errors", "error_kinds",
        "sent_again",
        "services",
      ])
    let service = try #require((report["services"] as? [[String: Any]])?.first)
    #expect(Set(service.keys) == ["service", "requests", "latency_ms"] && service["requests"] as? Int == 50)
    let missing = try await server.loadTest("--path", "/nothing", "--rate", "10", token: nil)
    #expect(missing.status == 1 && missing.printed.contains("10 x answered 404"), "\(missing.printed)")
    #expect(try await server.program.end(after: SIGTERM) == 0)
  }

  @Test("what cannot be measured is said with what to do about it")
  func refusals() async throws {
    let server = try await Server.start([])
    let wrong = try await server.loadTest(token: "wrong")
    #expect(wrong.status == 1 && wrong.printed.contains("set ADMIN_TOKEN"), "\(wrong.printed)")
    let stranger = try await server.loadTest("--subject", "00000000-0000-4000-8000-00000000ffff")
    #expect(stranger.status == 1 && stranger.printed.contains("GET /api/brands"), "\(stranger.printed)")
    let none = try await server.loadTest(token: nil)
    #expect(none.status == 2 && none.printed.contains("ADMIN_TOKEN"), "\(none.printed)")
    #expect(try await server.program.end(after: SIGTERM) == 0)
    let gone = try await server.loadTest()
    #expect(gone.status == 1 && gone.printed.contains("switchyard serve"), "\(gone.printed)")
  }

  @Test(
    "bad usage exits 2 and names the option",
    arguments: [
      (["--rate", "0"], "--rate"), (["--rate=100001"], "--rate"), (["--concurrency", "x"], "--concurrency"),
      (["--duration=0"], "--duration"), (["--warm-up=-1"], "--warm-up takes a whole number from 0"),
      (["--seed=-1"], "--seed"),
      (["--rate=100000", "--duration=100"], "--rate"), (["--service=nothing"], "dashboard"),
      (["--subject=x"], "--subject"),
      (["--path=x"], "--path"), (["--path=/x", "--service=topics"], "--service"), (["--url=https://h"], "--url"),
      (["--path=/a b"], "--path"),
    ])
  func usage(_ options: [String], _ named: String) async throws {
    let run = try await Program.run(["loadtest"] + options, in: Folder(), ["ADMIN_TOKEN": "t"])
    #expect(run.status == 2 && run.printed.contains(named), "\(run.printed)")
  }

  @Test("the token of this folder's server is not sent to another machine")
  func tokenStays() async throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/.switchyard", withIntermediateDirectories: true)
    try folder.write("of this folder\n", to: ".switchyard/admin-token")
    let run = try await Program.run(["loadtest", "--url", "http://192.0.2.1"], in: folder)
    #expect(run.status == 2 && run.printed.contains("set ADMIN_TOKEN to that of http://192.0.2.1:80"), "\(run.printed)")
  }
}
