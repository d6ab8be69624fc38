import Foundation
import Postgres
import Testing

/// `serve` on a database that is given.
@Suite struct ServeTests {
  private static let topics = "/api/brands/\(ServerDatabase.brand)/topics"

  @Test("before create it answers from old, whatever the flags say")
  func beforeCreate() async throws {
    let database = try await ServerDatabase.make()
    let folder = try Folder()
    let program = try Program(["serve"], in: folder, ["DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t"])
    let client = Client(try await program.address(), token: "t")
    for path in ["/healthz", "/readyz"] { #expect(try await client.get(path).status == 200, "\(path)") }
    for path in Client.services(of: ServerDatabase.brand) {
      let answer = try await client.get(path)
      #expect(answer.status == 200 && answer.schema == "old flag", "\(path)")
      let forced = try await client.get(path, ["X-Schema-Override": "new"])
      #expect(forced.status == 200 && forced.schema == "old fallback", "\(path)")
      #expect(forced.body == answer.body)
    }
    #expect(try await client.get(Self.topics).text.contains(#""topic":"topic 5","total_responses":1"#))
    try await client.patch(
      "/api/admin/flags/topics", #"{"force":true,"reason":"a test","use_new_schema":true,"canary_percent":100}"#)
    try await eventually("the flag is seen") { try await client.get(Self.topics).schema == "old fallback" }

    for command in ["create", "backfill", "refresh"] {
      let run = try await Program.run([command], in: folder, ["DATABASE_URL": database.url])
      #expect(run.status == 0, "\(run.printed)")
    }
    for path in Client.services(of: ServerDatabase.brand) {
      let old = try await client.get(path, ["X-Schema-Override": "old"])
      let new = try await client.get(path, ["X-Schema-Override": "new"])
      #expect(new.schema == "new override" && old.body == new.body, "\(path)")
    }
    #expect(try await client.get(Self.topics).schema == "new flag")
    #expect(try await program.end(after: SIGTERM) == 0)
    #expect(throws: (any Error).self, "no private server, no token") { try folder.mode(of: ".switchyard") }
  }

  @Test("a database without tables: the process is healthy and not ready")
  func emptyDatabase() async throws {
    let database = try await ServerDatabase.make(isFilled: false)
    let program = try Program(["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": "0"])
    let client = Client(try await program.address())
    #expect(try await client.get("/healthz").status == 200)
    let answer = try await client.get("/readyz")
    #expect(answer.status == 503 && answer.headers["retry-after"] != nil)
    try await database.fill()
    try await eventually("it is ready") { try await client.get("/readyz").status == 200 }
    #expect(try await client.get(Self.topics).schema == "old flag")
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  @Test("a database that is away at the start: healthy, 503 with Retry-After, and well again by itself")
  func databaseAway() async throws {
    let server = try await ServerDatabase.make(isFilled: false)
    let name = "test_late_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    let program = try Program(
      ["serve"], in: Folder(), ["DATABASE_URL": server.url(of: name), "PORT": "0", "ADMIN_TOKEN": "t"])
    let client = Client(try await program.address(), token: "t")
    for _ in 0..<3 {
      #expect(try await client.get("/healthz").status == 200)
      #expect(try await client.get("/").status == 200)
      for path in ["/readyz", "/api/brands", Self.topics, "/api/admin/flags"] {
        let answer = try await client.get(path)
        #expect(answer.status == 503 && answer.headers["retry-after"] != nil, "\(path)")
        #expect(answer.headers["content-type"] == "application/problem+json", "\(path)")
      }
    }
    try await server.run("CREATE DATABASE \(name)")
    let late = ServerDatabase(settings: server.settings.with(database: name, statementMillisecondsMax: 60_000), url: "")
    try await late.fill()
    try await eventually("the flags are there") { try await client.get("/api/admin/flags").status == 200 }
    try await eventually("it answers") { try await client.get(Self.topics).schema == "old flag" }
    #expect(try await client.get("/readyz").status == 200)
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  @Test(
    "a request under way when SIGTERM comes is answered, then the process ends with 0", arguments: [SIGTERM, SIGINT])
  func drains(_ signal: Int32) async throws {
    let database = try await ServerDatabase.make()
    let program = try Program(
      ["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": "0", "STATEMENT_TIMEOUT_MS": "60000"])
    let client = Client(try await program.address())
    #expect(try await client.get(Self.topics).status == 200)
    let waiting = """
      SELECT count(*) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'switchyard'
      """
    let lock = try await Lock.take("extracted_positions", of: database)
    async let answer = client.get(Self.topics)
    try await eventually("the request waits") { try await database.value(waiting) == "1" }
    program.send(signal)
    // Many times, so that a server which hurries would have dropped the request by then.
    var refusals = 0
    try await eventually("nobody is let in any more", while: program.isRunning) {
      if (try? await Client(client.address).get("/healthz")) == nil { refusals += 1 }
      return refusals == 300
    }
    #expect(program.isRunning)
    await lock.release()
    #expect(try await answer.status == 200)
    #expect(try await program.end() == 0)
  }

  @Test("what the new schema refused is repaired without anyone's help, and reads fall back meanwhile")
  func repairsByItself() async throws {
    let database = try await ServerDatabase.make()
    let folder = try Folder()
    let environment = ["DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t"]
    for command in ["create", "backfill"] {
      #expect(try await Program.run([command], in: folder, environment).status == 0)
    }
    let program = try Program(["serve"], in: folder, environment)
    let client = Client(try await program.address(), token: "t")
    try await database.run(
      """
      INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer)
      SELECT id, id, id, 'chat', 'late', 'Acme is wonderful' FROM brands;
      ALTER TABLE metric_facts ADD CONSTRAINT closed CHECK (topic <> 'late')
      """)
    let scored = try await client.post(
      "/api/admin/brands/\(ServerDatabase.brand)/score-now", #"{"customer_id":"\#(ServerDatabase.brand)"}"#)
    #expect(scored.status == 200)
    #expect(scored.text.contains(#""old_rows_written":1,"facts_written":0,"new_schema_errors":1"#), "\(scored.text)")
    let new = ["X-Schema-Override": "new"]
    let meanwhile = try await client.get(Self.topics, new)
    #expect(meanwhile.schema == "old fallback" && meanwhile.text.contains("late"))
    try await database.run("ALTER TABLE metric_facts DROP CONSTRAINT closed")
    try await eventually("it is repaired", seconds: 30) {
      try await client.get(Self.topics, new).schema == "new override"
    }
    #expect(try await client.get(Self.topics, new).body == meanwhile.body)
    #expect(try await database.value("SELECT count(*) FROM switchyard.repair_queue") == "0")
    #expect(try await program.end(after: SIGTERM) == 0)
  }

  @Test("services read from READ_DATABASE_URL; flags and scoring stay with DATABASE_URL")
  func readDatabase() async throws {
    let main = try await ServerDatabase.make()
    let replica = try await ServerDatabase.make()
    try await replica.run("UPDATE extracted_positions SET topic = 'of the replica'")
    let program = try Program(
      ["serve"], in: Folder(),
      ["DATABASE_URL": main.url, "READ_DATABASE_URL": replica.url, "PORT": "0", "ADMIN_TOKEN": "t"])
    let client = Client(try await program.address(), token: "t")
    let before = try await client.get(Self.topics)
    #expect(before.status == 200 && before.text.contains("of the replica"), "\(before.text)")
    try await main.run(
      """
      INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, raw_answer)
      SELECT id, id, id, 'chat', 'Acme' FROM brands
      """)
    let scored = try await client.post(
      "/api/admin/brands/\(ServerDatabase.brand)/score-now", #"{"customer_id":"\#(ServerDatabase.brand)"}"#)
    #expect(scored.text.hasPrefix(#"{"processed":1,"#), "\(scored.text)")
    #expect(try await main.value("SELECT count(*) FROM extracted_positions") == "6")
    #expect(try await replica.value("SELECT count(*) FROM extracted_positions") == "5")
    #expect(
      try await client.patch("/api/admin/flags/topics", #"{"force":true,"reason":"a test","use_new_schema":true}"#)
        .status == 200)
    #expect(try await main.value("SELECT count(*) FROM switchyard.flags WHERE use_new_schema") == "1")
    #expect(try await replica.value("SELECT to_regclass('switchyard.flags')") == nil)
    #expect(try await client.get(Self.topics).body == before.body)
    #expect(try await program.end(after: SIGTERM) == 0)
  }
}
