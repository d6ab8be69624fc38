import Cutover
import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct CreationTests {
  private static let newTables = [
    "brand_metrics", "brand_sentiment", "competitor_metrics", "competitor_sentiment", "metric_facts",
    "mv_brand_daily_metrics",
  ]

  private static func relations(_ stage: Stage) async throws -> [String] {
    try await stage.rows(
      "SELECT relname FROM pg_class WHERE relkind IN ('r', 'm') AND relname = ANY ($1) ORDER BY 1", [.array(newTables)]
    )
    .map { $0[0]! }
  }

  @Test("the second time it does nothing")
  func twice() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      #expect(try await Self.relations(stage) == [])
      let isFirst = try await stage.create()
      #expect(isFirst)
      #expect(try await Self.relations(stage) == Self.newTables)
      try await stage.addMentions(of: 1, count: 1)
      try await stage.score(1)
      try await stage.setDualWrite(on: false)
      let isFirstAgain = try await stage.create()
      #expect(!isFirstAgain)
      #expect(try await stage.count("metric_facts") == 1)
      #expect(try await stage.store.isDualWriting(Stage.migration) == false, "the switch stays as it was")
    }
  }

  @Test("every table is logged: one that is not may keep a server from starting after a crash")
  func logged() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      let kinds = try await stage.rows(
        "SELECT DISTINCT relpersistence FROM pg_class WHERE relnamespace = 'switchyard'::regnamespace AND relkind = 'r'"
      )
      #expect(kinds == [["p"]])
    }
  }

  @Test("of eight at once one makes the tables, and none fails")
  func eightAtOnce() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let made = try await atOnce(8, on: stage.settings) { try await $0.create() }
      #expect(made.count { $0 } == 1)
      #expect(try await Self.relations(stage) == Self.newTables)
    }
  }

  @Test("a creation that fails midway leaves nothing", arguments: newTables)
  func failsMidway(_ table: String) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.run("CREATE TABLE public.\(table) (in_the_way INTEGER)")
      let before = try await stage.rows("SELECT oid, relname FROM pg_class ORDER BY 1")
      let error = await failure { try await stage.create() }
      #expect(error is DatabaseError)
      #expect(try await stage.rows("SELECT oid, relname FROM pg_class ORDER BY 1") == before)
      #expect(try await stage.store.isDualWriting(Stage.migration) == nil)
      try await stage.run("DROP TABLE public.\(table)")
      let isMade = try await stage.create()
      #expect(isMade)
    }
  }

  @Test("a writer that began before the tables were there is seen by the backfill that follows")
  func waitsForWriters() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 2)
      let paused = PausedCommit(stage.pool)
      var isScored = false
      loop.spawn {
        _ = try? await stage.score(1, through: paused)
        isScored = true
      }
      try await eventually("the writer is about to commit", on: loop) { paused.isPaused }
      var isBackfilled = false
      loop.spawn {
        _ = try? await stage.create()
        _ = try? await stage.backfill()
        isBackfilled = true
      }
      try await eventually("the creation waits, or all is over", on: loop) {
        if isBackfilled { return true }
        return try await stage.waiterCount() == 1
      }
      paused.goOn()
      try await eventually("both are done", on: loop) { isScored && isBackfilled }
      #expect(try await stage.count("extracted_positions") == 6)
      #expect(try await stage.violations() == [])
    }
  }
}

/// A database whose second transaction, the scoring one, waits before it commits.
private final class PausedCommit: Database {
  private let database: any Database
  private var pause: CheckedContinuation<Void, Never>?
  private var transactions = 0

  init(_ database: any Database) { self.database = database }

  var isPaused: Bool { pause != nil }

  func goOn() { pause?.resume() }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    try await database.read(statements)
  }

  func run(script: String) async throws(DatabaseError) { try await database.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    transactions += 1
    let isScoring = transactions == 2
    return try await database.transaction { session in
      let result = try await body(session)
      if isScoring { await withCheckedContinuation { pause = $0 } }
      return result
    }
  }
}
