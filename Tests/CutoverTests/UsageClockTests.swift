import Cutover
import EventLoop
import Migration
import SQL
import ScoreNow
import TestSupport
import Testing

/// How long nobody but ourselves has read the old table.
@Suite struct UsageClockTests {
  /// Scored and copied results, and some that await scoring; the clock runs, and says 31 days.
  private static func running(on loop: EventLoop) async throws -> Stage {
    let watcher = try await Stage.watching(on: loop) { stage in
      try await stage.addMentions(of: 1, count: 20)
      try await stage.score(1, limit: 15)
      try await stage.create()
      try await stage.backfill()
    }
    try await watcher.sample()
    try await watcher.pretendUnread(days: 31)
    return watcher
  }

  @Test("it starts with the first sample, and runs while nobody reads")
  func starts() async throws {
    try await onLoop { loop in
      let stage = try await Stage.watching(on: loop) { stage in
        try await stage.addMentions(of: 1, count: 3)
        try await stage.score(1)
        _ = try await stage.count("extracted_positions")
      }
      defer { stage.close() }
      #expect(try await stage.unreadDays() == nil)
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0, "whatever was read before")
      for days in [1, 29, 30, 31] {
        try await stage.pretendUnread(days: days)
        #expect(try await stage.unreadDays() == days)
        try await stage.sample()
        #expect(try await stage.unreadDays() == days)
      }
      try await stage.run(
        "UPDATE switchyard.usage_clocks SET unread_since = now() - interval '30 days' + interval '1 minute'")
      #expect(try await stage.unreadDays() == 29, "a day that has begun is not one")
    }
  }

  struct Read: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
  }

  static let reads = [
    Read(testDescription: "a count", text: "SELECT count(*) FROM extracted_positions"),
    Read(testDescription: "a copy", text: "CREATE TABLE mine AS TABLE extracted_positions"),
    Read(
      testDescription: "a row by index",
      text: "SET enable_seqscan = off; SELECT id FROM extracted_positions WHERE collector_result_id = 1"),
    Read(
      testDescription: "a row that is not there",
      text: "SET enable_seqscan = off; SELECT id FROM extracted_positions WHERE id = -1"),
    Read(testDescription: "a change of a row", text: "UPDATE extracted_positions SET topic = topic WHERE id = 1"),
    Read(
      testDescription: "one that is rolled back", text: "BEGIN; SELECT count(*) FROM extracted_positions; ROLLBACK"),
    Read(testDescription: "through a view", text: "CREATE VIEW v AS TABLE extracted_positions; SELECT count(*) FROM v"),
  ]

  @Test("any read by somebody else starts it again", arguments: reads)
  func foreignRead(_ read: Read) async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      try await stage.elsewhere { try await $0.run(read.text) }
      #expect(try await stage.unreadDays() == 31, "not noticed yet")
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
      try await stage.pretendUnread(days: 31)
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31, "noticed once")
    }
  }

  @Test("so does a service that is answered from it, in a process that maintains it too")
  func service() async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      try await stage.elsewhere { other in
        // Reads that PostgreSQL has not counted yet when the maintenance of the same session begins.
        let one = try await Stage.join(stage.settings, on: loop, connections: 1)
        defer { one.close() }
        #expect(try await one.unequalServices(of: 1) == [])
        try await one.score(1, limit: 1)
        _ = try await other.count("brands")
      }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
    }
  }

  enum Work: CaseIterable {
    case scoring, backfill, dryRun, verification, verificationThatRepairs, repairs, restOfTheWork
  }

  private static func maintain(_ work: Work, _ stage: Stage) async throws {
    switch work {
    case .scoring: #expect(try await stage.score(1).processed == 5)
    case .backfill:
      try await stage.run("DELETE FROM metric_facts WHERE collector_result_id % 2 = 0")
      #expect(try await stage.backfill(4).written["metric_facts"]! > 0)
    case .dryRun:
      _ = try await stage.backfill(isDry: true)
      try await SkippedRows(Stage.migration, database: stage.pool, isRehearsing: true).forEach { _ in }
    case .verification: #expect(try await stage.verify().equal)
    case .verificationThatRepairs:
      try await stage.run("UPDATE brand_metrics SET total_word_count = total_word_count + 1")
      #expect(try await stage.verify(isRepairing: true).repaired == 15)
    case .repairs:
      try await stage.setDualWrite(on: false)
      #expect(try await stage.score(1).processed == 5)
      try await stage.setDualWrite(on: true)
      #expect(try await stage.repair.drain() == 5)
    case .restOfTheWork:
      try await stage.refresh.run()
      try await stage.run("DELETE FROM metric_facts WHERE id = (SELECT min(id) FROM metric_facts)")
      let tables = try await MigrationStatus.read(Stage.migration, stage.pool).tables
      let rows = Dictionary(uniqueKeysWithValues: tables.map { ($0.name, $0.rows) })
      #expect(rows["extracted_positions"] == 45 && rows["metric_facts"] == 14, "counted: \(rows)")
      try await stage.run("VACUUM ANALYZE extracted_positions")
    }
  }

  @Test("our own maintenance does not, in parallel or not", arguments: Work.allCases, [false, true])
  func maintenance(_ work: Work, _ isParallel: Bool) async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      if isParallel {
        let name = try await stage.value("SELECT current_database()")!
        for setting in ["min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost"] {
          try await stage.run("ALTER DATABASE \(name) SET \(setting) = 0")
        }
      }
      let before = try await stage.scans()
      for _ in 0..<2 {
        try await stage.elsewhere { try await $0.run("UPDATE switchyard.flags SET version = version") }
        try await stage.sample()
      }
      #expect(try await stage.unreadDays() == 31)
      try await stage.elsewhere { try await Self.maintain(work, $0) }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31)
      if work != .restOfTheWork { #expect(try await stage.scans() > before, "it has read the table") }
      try await stage.elsewhere { _ = try await $0.count("extracted_positions") }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0, "one read by somebody else is not hidden behind our own")
    }
  }

  @Test("a sample while we maintain the table never takes that for somebody's read, and hides nobody's")
  func whileMaintaining() async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      try await stage.elsewhere { other in
        var isOver = false
        loop.spawn {
          for _ in 0..<3 { _ = try? await other.backfill(1) }
          isOver = true
        }
        while !isOver {
          try await stage.sample()
          await loop.sleep(milliseconds: 1)
        }
      }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31)
      try await stage.elsewhere { _ = try await $0.count("extracted_positions") }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
    }
  }

  @Test("counters that were set back start it again", arguments: ["pg_stat_reset()", "set back by a crash"])
  func reset(_ cause: String) async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      if cause == "pg_stat_reset()" {
        try await stage.run("SELECT pg_stat_reset()")
      } else {
        try await stage.run("UPDATE switchyard.usage_clocks SET scans = scans + 1")
      }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
      try await stage.pretendUnread(days: 31)
      try await stage.elsewhere { try await $0.backfill() }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31, "it runs on from there")
      try await stage.elsewhere { _ = try await $0.count("extracted_positions") }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
    }
  }

  @Test("a long time without a sample starts it again; until then nobody knows")
  func gap() async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      try await stage.run("UPDATE switchyard.usage_clocks SET sampled_at = now() - interval '59 minutes'")
      #expect(try await stage.unreadDays() == 31)
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31)
      try await stage.run("UPDATE switchyard.usage_clocks SET sampled_at = now() - interval '61 minutes'")
      #expect(try await stage.unreadDays() == nil)
      try await stage.sample()
      #expect(try await stage.unreadDays() == 0)
    }
  }

  @Test("PostgreSQL that does not count: nobody knows")
  func notCounting() async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      let name = try await stage.value("SELECT current_database()")!
      try await stage.run("ALTER DATABASE \(name) SET track_counts = off")
      let later = try await Stage.join(stage.settings, on: loop)
      defer { later.close() }
      try await later.sample()
      #expect(try await later.unreadDays() == nil)
    }
  }

  @Test("processes that sample at once agree")
  func atOnceTogether() async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      _ = try await atOnce(8, on: stage.settings) { other in
        for _ in 0..<20 { try await other.sample() }
      }
      #expect(try await stage.unreadDays() == 31)
      #expect(try await stage.count("switchyard.usage_clocks") == 1)
    }
  }

  @Test("once the table is archived there is nothing to watch", arguments: [Phase.archived, .dropped])
  func archived(_ phase: Phase) async throws {
    try await onLoop { loop in
      let stage = try await Self.running(on: loop)
      defer { stage.close() }
      try await stage.run("UPDATE switchyard.migrations SET phase = '\(phase.rawValue)'")
      try await stage.elsewhere { _ = try await $0.count("extracted_positions") }
      try await stage.sample()
      #expect(try await stage.unreadDays() == 31)
    }
  }
}
