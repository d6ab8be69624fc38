import Cutover
import EventLoop
import Migration
import SQL
import ScoreNow
import TestSupport
import Testing

/// At every instant, by value: old minus (new plus repair queue) is empty, and new minus old is empty. Of what a first
/// backfill has not come to yet, nothing is said.
@Suite struct InvariantTests {
  /// What is wrong on one snapshot.
  ///
  /// A result that awaits repair may be any how. What is on record of rows that are skipped is told later where a
  /// result itself is taken away, and is not part of it.
  private static let violations = StarOracle.differences(
    where: """
      m.table_name <> 'skipped_rows'
      AND NOT EXISTS (SELECT FROM switchyard.repair_queue q WHERE q.migration = 'brand-metrics' AND q.key = m.key)
      AND NOT EXISTS (
        SELECT FROM switchyard.jobs j
        WHERE j.kind = 'backfill' AND j.id = 1 AND j.state <> 'done'
          AND m.key <= (j.checkpoint ->> 'bound')::bigint AND m.key > (j.checkpoint ->> 'last')::bigint)
      """)

  private static func sample(_ count: Int, _ stage: Stage, _ what: String) async throws -> [String] {
    for number in 1...count {
      let found = try await stage.rows(violations)
      if !found.isEmpty { return ["\(what), sample \(number)"] + found.map { "\($0.map { $0 ?? "NULL" })" } }
      await stage.loop.sleep(milliseconds: 10)
    }
    return []
  }

  @Test("no sample finds a violation: under load, while a backfill runs, while the new schema fails, and after it")
  func holds() async throws {
    let seed = UInt64.random(in: .min ... .max)
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 100)
      try await stage.score(1)
      try await stage.create()
      let other = try await Stage.join(stage.settings, on: loop, connections: 3)
      defer { other.close() }
      var found: [String] = []
      var samples = 0
      func look(_ count: Int, _ what: String) async throws {
        guard found.isEmpty else { return }
        found = try await Self.sample(count, other, what)
        samples += count
      }
      // The first backfill: its checkpoint says how far the invariant holds.
      var copied: Result<Backfill.Report, any Error>?
      loop.spawn {
        do { copied = .success(try await stage.backfill(1)) } catch { copied = .failure(error) }
      }
      try await eventually("it has begun", on: loop) {
        try await other.count("switchyard.jobs WHERE checkpoint IS NOT NULL") == 1
      }
      let settings = stage.settings
      let load = Load(seed: seed)
      async let ended: Void = load.run(Load.Part.allCases, on: settings)
      let began = EventLoop.monotonicNanoseconds
      do {
        while copied == nil, found.isEmpty { try await look(5, "during the first backfill") }
        _ = try copied?.get()
        try await look(40, "under load")
        for table in Stage.migration.newTables.map(\.name) {
          try await other.run("ALTER TABLE \(table) ADD CONSTRAINT broken CHECK (false) NOT VALID")
          try await look(25, "while \(table) takes nothing")
          try await other.run("ALTER TABLE \(table) DROP CONSTRAINT broken")
          let holder = try await other.hold("LOCK TABLE \(table) IN SHARE ROW EXCLUSIVE MODE", on: loop)
          try await look(10, "while \(table) is locked")
          try await holder.commit()
        }
        var copiedAgain = false
        loop.spawn {
          _ = try? await stage.backfill(2)
          copiedAgain = true
        }
        while !copiedAgain, found.isEmpty { try await look(5, "during another backfill") }
        try await look(20, "after it")
      } catch { found.append("\(error)") }
      let seconds = Double(EventLoop.monotonicNanoseconds - began) / 1e9
      load.stop()
      try await ended
      print("seed \(seed): \(samples) samples, \(Int(Double(samples) / seconds)) in a second, writes \(load.done)")
      #expect(found == [], "seed \(seed)")
      #expect(load.errors == [])
      try await eventually("all is repaired", on: loop) {
        try await stage.run("UPDATE switchyard.repair_queue SET next_attempt_at = now()")
        try await stage.repair.drain()
        return try await stage.count("switchyard.repair_queue") == 0
      }
      #expect(try await stage.verify().equal)
      try await stage.run("DELETE FROM competitor_metrics WHERE id = (SELECT max(id) FROM competitor_metrics)")
      #expect(try await Self.sample(1, stage, "a real one").count == 2, "it can be found")
    }
  }
}
