import Catalog
import Cutover
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

private let migrations = "/api/admin/migrations"
private let move = "\(migrations)/brand-metrics"
private let statusKeys = [
  "name", "phase", "dual_write", "repair_queue", "unread_days", "progress", "last_verification", "tables", "notes",
  "reads",
  "skipped", "next", "jobs", "moves",
]
private let jobKeys = [
  "job_id", "migration", "kind", "state", "paused", "options", "by", "reason", "progress", "report", "error",
  "queued_at", "started_at", "finished_at",
]

/// A request to start a job that is refused.
struct JobFault: Sendable, CustomTestStringConvertible {
  let kind: String
  let body: String
  let status: Int
  var fields: [String] = []

  var testDescription: String { "\(kind) \(body)" }
}

private let jobFaults: [JobFault] = [
  JobFault(kind: "nothing", body: "{}", status: 404),
  JobFault(kind: "backfill", body: #"{"batch_size":0}"#, status: 422, fields: ["batch_size"]),
  JobFault(kind: "backfill", body: #"{"batch_size":100001}"#, status: 422, fields: ["batch_size"]),
  JobFault(kind: "backfill", body: #"{"batch_size":"1"}"#, status: 400, fields: ["batch_size"]),
  JobFault(kind: "backfill", body: #"{"dry_run":1}"#, status: 400, fields: ["dry_run"]),
  JobFault(kind: "backfill", body: #"{"repair":true}"#, status: 400, fields: ["repair"]),
  JobFault(kind: "verify", body: #"{"dry_run":true}"#, status: 400, fields: ["dry_run"]),
  JobFault(kind: "refresh", body: #"{"force":true}"#, status: 400, fields: ["force"]),
  JobFault(kind: "archive", body: #"{"force":true}"#, status: 422, fields: ["reason"]),
  JobFault(kind: "archive", body: #"{"force":true,"reason":""}"#, status: 422, fields: ["reason"]),
]

@Suite("the migrations and their jobs over HTTP; no server does them")
struct MigrationRoutesTests {
  /// Does the job that waits, as a server would.
  private static func finish(_ kind: Step, _ options: Job.Options, _ settings: ConnectionSettings) async throws {
    try await onLoop { loop in
      let pool = Pool(settings, limits: PoolLimits(connectionsMax: 2), on: loop)
      defer { pool.close() }
      _ = try await JobRunner(Catalog().migrations, database: pool, on: loop).run(
        kind, of: BrandMetrics.migration(), options, by: Phases.Actor("test"))
    }
  }

  @Test("a migration is told the same in the list and alone")
  func status() async throws {
    try await withClient(try await SampleData.database()) { client in
      let one = try await client.admin(.get, move)
      #expect(one.status == 200 && one.header("Cache-Control") == "no-store")
      let body = try one.json()
      #expect(body.names == statusKeys)
      #expect(body["name"]?.string == "brand-metrics" && body["phase"]?.string == "backfilled")
      #expect(body["dual_write"]?.boolean == true && body["repair_queue"]?.integer == 0)
      #expect(body["progress"] == .null && body["last_verification"] == .null)
      #expect(try await client.admin(.get, migrations).text == "{\"migrations\":[\(one.text)]}")
      for target in ["\(migrations)/other", "/api/admin/skipped-rows/other"] {
        #expect(try await client.admin(.get, target).problem(404)["detail"]?.string?.contains("brand-metrics") == true)
      }
    }
  }

  @Test("a job is started with 202, shown, and blocks another of its kind until it is over")
  func start() async throws {
    let settings = try await SampleData.database()
    try await withClient(settings) { client in
      let answer = try await client.admin(.post, "\(move)/backfill", #"{"batch_size":7,"reason":"why not"}"#)
      #expect(answer.status == 202)
      let id = try #require(try answer.json()["job_id"]?.integer)
      #expect(answer.text == "{\"job_id\":\(id)}")
      let queued = try await client.admin(.get, "/api/admin/jobs/\(id)").json()
      #expect(queued.names == jobKeys)
      #expect(queued["job_id"]?.integer == id && queued["migration"]?.string == "brand-metrics")
      #expect(queued["kind"]?.string == "backfill" && queued["state"]?.string == "queued")
      #expect(queued["by"]?.string == "admin" && queued["reason"]?.string == "why not")
      #expect(queued["options"]?["batch_size"]?.integer == 7 && queued["paused"]?.boolean == false)
      for member in ["progress", "report", "error", "started_at", "finished_at"] { #expect(queued[member] == .null) }
      for body in ["", "{}", #"{"dry_run":true}"#] {
        let problem = try await client.admin(.post, "\(move)/backfill", body).problem(409)
        #expect(problem["detail"]?.string == "backfill is under way already: job \(id).")
      }
      #expect(try await client.admin(.post, "\(move)/verify").status == 202, "another kind may stand beside it")

      var options = Job.Options()
      options.batch_size = 7
      try await Self.finish(.backfill, options, settings)
      let done = try await client.admin(.get, "/api/admin/jobs/\(id)").json()
      #expect(done.names == jobKeys && done["state"]?.string == "done" && done["error"] == .null)
      #expect(done["report"]?["results"]?.integer == 90 && done["report"]?["unchanged"]?.integer == 90)
      #expect(done["progress"]?["done"]?.integer == 90 && done["progress"]?["total"]?.integer == 90)
      #expect(try await client.admin(.post, "\(move)/backfill").status == 202)
    }
  }

  @Test("what cannot be started is refused with what is wrong, and leaves nothing behind", arguments: jobFaults)
  func refused(_ fault: JobFault) async throws {
    try await withClient { client in
      let count = "SELECT count(*) FROM switchyard.jobs"
      let before = try await client.value(count)
      #expect(try await client.admin(.post, "\(move)/\(fault.kind)", fault.body).faults(fault.status) == fault.fields)
      #expect(try await client.value(count) == before)
    }
  }

  @Test("a step whose gate is not met answers 409 with what is missing")
  func gate() async throws {
    try await withClient { client in
      let archive = try await client.admin(.post, "\(move)/archive")
      let missing = try archive.faults(409)
      #expect(missing.count > 1 && missing.allSatisfy { $0 == "archive" }, "\(archive.text)")
      #expect(archive.text.contains("nothing was verified yet"), "\(archive.text)")
      let restore = try await client.admin(.post, "\(move)/restore")
      #expect(try restore.faults(409) == [] && restore.text.contains("not possible in phase backfilled"))
      #expect(try await client.value("SELECT count(*) FROM switchyard.jobs WHERE state = 'queued'") == "0")
    }
  }

  @Test("a job is paused and resumed while it is under way, and not when it is over")
  func pause() async throws {
    let settings = try await SampleData.database()
    try await withClient(settings) { client in
      let id = try #require(try await client.admin(.post, "\(move)/refresh").json()["job_id"]?.integer)
      for (word, isPaused) in [("pause", true), ("pause", true), ("resume", false), ("resume", false)] {
        let answer = try await client.admin(.post, "/api/admin/jobs/\(id)/\(word)")
        #expect(answer.status == 200)
        #expect(try answer.json()["paused"]?.boolean == isPaused)
        #expect(try await client.admin(.get, "/api/admin/jobs/\(id)").text == answer.text)
      }
      try await Self.finish(.refresh, Job.Options(), settings)
      for word in ["pause", "resume"] {
        let over = try await client.admin(.post, "/api/admin/jobs/\(id)/\(word)").problem(409)
        #expect(over["detail"]?.string == "Job \(id) is over.")
        _ = try await client.admin(.post, "/api/admin/jobs/9999/\(word)").problem(404)
      }
    }
  }

  @Test("a job that is not there, or no number", arguments: [("9999", 404), ("0", 400), ("-1", 400), ("x", 400)])
  func unknownJob(_ id: String, _ status: Int) async throws {
    try await withClient { client in
      _ = try await client.admin(.get, "/api/admin/jobs/\(id)").problem(status)
      _ = try await client.admin(.get, "/api/admin/jobs/\(id)/events").problem(status)
    }
  }

  @Test("rows that are not copied come a thousand at a time, in order of their ids")
  func skippedRows() async throws {
    try await withClient(try await SampleData.database()) { client in
      let target = "/api/admin/skipped-rows/brand-metrics"
      try await client.run(
        """
        DELETE FROM switchyard.skipped_rows;
        INSERT INTO switchyard.skipped_rows (migration, table_name, id, key, reason)
        SELECT 'brand-metrics', 'extracted_positions', 3 * n, n, CASE WHEN n % 2 = 0 THEN 'orphan' ELSE 'overflow' END
        FROM generate_series(1500, 1, -1) n
        """)
      var ids: [Int] = []
      for after in ["", "?after=3000", "?after=4500"] {
        let rows = try #require(try await client.admin(.get, target + after).json()["skipped"]?.array)
        ids += rows.compactMap { $0["id"]?.integer }
        for row in rows {
          #expect(row.names == ["id", "collector_result_id", "reason"])
          let key = row["collector_result_id"]?.integer ?? 0
          #expect(row["id"]?.integer == 3 * key && row["reason"]?.string == (key % 2 == 0 ? "orphan" : "overflow"))
        }
      }
      #expect(ids == (1...1_500).map { 3 * $0 })
      for after in ["?after=x", "?after=", "?after=1&after=2"] {
        #expect(try await client.admin(.get, target + after).faults(400) == ["after"])
      }
    }
  }
}
