import Cutover
import EventLoop
import SQL
import ScoreNow
import TestSupport
import Testing

/// Something happens after a statement of a verification: after each of those that compare results, and after some of
/// the many that compare answers.
@Suite struct VerificationBreakTests {
  private static func next(_ place: Int) -> Int { place + (place < 20 ? 1 : 23) }

  /// Five results; of one a new row is wrong, of one it is gone, and the view is not what the facts say.
  private static func unequal(on loop: EventLoop) async throws -> Stage {
    let stage = try await Stage.open(on: loop)
    try await stage.addMentions(of: 1, count: 5)
    try await stage.score(1)
    try await stage.refresh.run()
    try await stage.run(
      """
      UPDATE brand_metrics SET visibility_index = 1 WHERE id = (SELECT min(id) FROM brand_metrics);
      DELETE FROM competitor_sentiment WHERE id = (SELECT max(id) FROM competitor_sentiment);
      DELETE FROM switchyard.brand_daily_dirty_cells
      """)
    return stage
  }

  /// What was found, without its number.
  private static func findings(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows(
      """
      SELECT table_name, key, member, column_name, old, new FROM switchyard.differences
      WHERE verification = (SELECT max(id) FROM switchyard.verifications) ORDER BY 1, 2, 3, 4, number
      """)
  }

  @Test("the lease is renewed meanwhile")
  func renewal() async throws {
    try await onLoop { loop in
      let stage = try await Self.unequal(on: loop)
      defer { stage.close() }
      var place = 0
      var wasInterrupted = true
      while wasInterrupted {
        place = Self.next(place)
        let database = InterruptedDatabase(stage.pool, after: place) { () async throws(DatabaseError) in
          // Another process, or this one, writes the job's row; not while we hold it.
          try? await stage.run(
            "SET lock_timeout = 50; UPDATE switchyard.jobs SET is_paused = is_paused WHERE state = 'running'; RESET lock_timeout"
          )
        }
        let error = await failure {
          try await JobRunner([Stage.migration], database: database, on: loop).run(
            .verify, of: Stage.migration, by: Stage.actor)
        }
        #expect(error == nil, "after statement \(place)")
        wasInterrupted = database.wasInterrupted
      }
      #expect(place > 40)
    }
  }

  @Test("a verification that was broken off finds each difference once")
  func breaks() async throws {
    try await onLoop { loop in
      let stage = try await Self.unequal(on: loop)
      defer { stage.close() }
      let whole = try await stage.verify()
      let wanted = try await Self.findings(stage)
      #expect(whole.differences == wanted.count && wanted.count > 3, "\(wanted)")
      #expect(
        wanted.contains { $0[0] == "mv_brand_daily_metrics" } && wanted.contains { $0[0] == "competitor_sentiment" })
      var place = 0
      var wasInterrupted = true
      while wasInterrupted {
        place = Self.next(place)
        let database = InterruptedDatabase(stage.pool, after: place) { () async throws(DatabaseError) in
          throw DatabaseError(.connectionLost, doing: "a failure on purpose")
        }
        _ = await failure {
          try await JobRunner([Stage.migration], database: database, leaseMilliseconds: 1, on: loop).run(
            .verify, of: Stage.migration, by: Stage.actor)
        }
        wasInterrupted = database.wasInterrupted
        var report: VerificationReport?
        try await eventually("the lease runs out", on: loop) {
          do { report = try await stage.verify() } catch is JobUnderWay { return false }
          return true
        }
        #expect(report?.differences == wanted.count, "after statement \(place)")
        #expect(try await Self.findings(stage) == wanted, "after statement \(place)")
        #expect(report?.explained == whole.explained && report?.tables == whole.tables)
      }
      #expect(place > 40)
    }
  }
}
