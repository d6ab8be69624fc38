import Foundation
import Testing

/// A backfill that is asked for while another one runs, and one whose process is killed.
@Suite struct BackfillProcessTests {
  private static let jobs = "/api/admin/migrations/brand-metrics"

  private static func created() async throws -> ServerDatabase {
    let database = try await ServerDatabase.make()
    let run = try await Program.run(["create"], in: Folder(), ["DATABASE_URL": database.url])
    #expect(run.status == 0, "\(run.printed)")
    return database
  }

  /// Whoever copies comes to the third of five results, and waits.
  private static func hold(_ database: ServerDatabase) async throws -> Lock {
    try await Lock.take(
      by: """
        SELECT FROM collector_results
        WHERE id = (SELECT id FROM collector_results ORDER BY id OFFSET 2 LIMIT 1) FOR UPDATE
        """, of: database)
  }

  private static func serve(_ database: ServerDatabase) async throws -> (Program, Client) {
    let program = try Program(
      ["serve"], in: Folder(), ["DATABASE_URL": database.url, "PORT": "0", "ADMIN_TOKEN": "t", "WORKERS": "1"])
    return (program, Client(try await program.address(), token: "t"))
  }

  private static func waitForTwo(_ database: ServerDatabase) async throws {
    try await eventually("two results are copied") {
      try await database.value("SELECT count(*) FROM metric_facts") == "2"
    }
  }

  private static func report(_ database: ServerDatabase) async throws -> [String?] {
    try await database.rows(
      """
      SELECT state, report ->> 'results', report #>> '{written,metric_facts}', (SELECT count(*) FROM metric_facts)
      FROM switchyard.jobs WHERE kind = 'backfill'
      """)[0]
  }

  @Test("a second one at once: the command exits 1 and names the job, the API answers 409; the first is not disturbed")
  func second() async throws {
    let database = try await Self.created()
    let lock = try await Self.hold(database)
    let environment = ["DATABASE_URL": database.url]
    let first = try Program(["backfill", "--batch-size", "1"], in: Folder(), environment)
    try await Self.waitForTwo(database)
    let id = try #require(try await database.value("SELECT id FROM switchyard.jobs WHERE kind = 'backfill'"))
    for arguments in [["backfill"], ["backfill", "--json"], ["backfill", "--dry-run"]] {
      let second = try await Program.run(arguments, in: Folder(), environment)
      #expect(second.status == 1 && second.printed.contains("backfill is under way already: job \(id)"), "\(second)")
    }
    let (server, client) = try await Self.serve(database)
    let answer = try await client.post("\(Self.jobs)/backfill", "{}")
    #expect(answer.status == 409 && answer.text.contains("job \(id)"), "\(answer.text)")
    await lock.release()
    #expect(try await first.end() == 0, "\(first.printed)")
    #expect(try await Self.report(database) == ["done", "5", "5", "5"])
    #expect(try await server.end(after: SIGTERM) == 0)
  }

  @Test("another server goes on with the job of a server that was killed, and does nothing twice")
  func killed() async throws {
    let database = try await Self.created()
    let lock = try await Self.hold(database)
    let (first, a) = try await Self.serve(database)
    let answer = try await a.post("\(Self.jobs)/backfill", #"{"batch_size":1}"#)
    #expect(answer.status == 202, "\(answer.text)")
    let id = try #require(try answer.json()["job_id"] as? Int)
    try await Self.waitForTwo(database)
    let owner = try await database.value("SELECT owner FROM switchyard.jobs WHERE id = \(id)")
    let (second, b) = try await Self.serve(database)
    #expect(try await first.end(after: SIGKILL) == -SIGKILL)
    try await eventually("the second takes it over") {
      try await database.value("SELECT owner FROM switchyard.jobs WHERE id = \(id)") != owner
    }
    #expect(try await b.get("/api/admin/jobs/\(id)").json()["state"] as? String == "running")
    await lock.release()
    try await eventually("it is done") { try await Self.report(database)[0] == "done" }
    #expect(try await Self.report(database) == ["done", "5", "5", "5"])
    #expect(try await second.end(after: SIGTERM) == 0)
  }

  @Test("the events of a job: its progress as it is, then its end, and nothing more; of a job that is over, its end")
  func events() async throws {
    let database = try await Self.created()
    let lock = try await Self.hold(database)
    let (server, client) = try await Self.serve(database)
    let id = try #require(
      try await client.post("\(Self.jobs)/backfill", #"{"batch_size":1}"#).json()["job_id"] as? Int)
    try await Self.waitForTwo(database)
    async let stream = client.get("/api/admin/jobs/\(id)/events")
    try await eventually("progress is told") {
      try await database.value("SELECT progress ->> 'done' FROM switchyard.jobs WHERE id = \(id)") == "2"
    }
    var looks: Set<String?> = []
    try await eventually("the stream has looked, and looked again") {
      let looked = try await database.rows(
        """
        SELECT query_start FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%j.id AS job_id%'
        """)
      looks.formUnion(looked.map { $0[0] })
      return looks.count > 2
    }
    await lock.release()
    let answer = try await stream
    #expect(answer.status == 200 && answer.headers["content-type"] == "text/event-stream")
    #expect(answer.headers["cache-control"] == "no-store")
    let whole = try await client.get("/api/admin/jobs/\(id)")
    #expect(try whole.json()["state"] as? String == "done")
    let events = answer.text.components(separatedBy: "\n\n").filter { !$0.isEmpty && $0 != ":" }
    #expect(events.last == "event: end\ndata: \(whole.text)")
    #expect(events.count > 1 && events.dropLast().allSatisfy { $0.hasPrefix("event: progress\ndata: {") }, "\(events)")
    #expect(events.contains { $0.contains(#""state":"running""#) && $0.contains(#""done":2,"total":5"#) }, "\(events)")
    #expect(try await client.get("/api/admin/jobs/\(id)/events").text == "event: end\ndata: \(whole.text)\n\n")
    #expect(try await client.get("/api/admin/jobs/9999/events").status == 404)
    #expect(try await server.end(after: SIGTERM) == 0)
  }
}
