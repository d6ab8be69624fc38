import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct ContentRetirementTests {
  private static let tables = ContentSource.all.map(\.table)

  /// Where the rows of the old tables lie, their indexes, constraints and triggers.
  private static let oldTables =
    tables.map { "SELECT '\($0)', t.ctid::text, t.xmin::text, t::text FROM content.\($0) t" } + [
      """
      SELECT tablename, indexname, indexdef, '' FROM pg_indexes
      WHERE schemaname = 'content' AND tablename IN (\(tables.map { "'\($0)'" }.joined(separator: ", ")))
      """,
      "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled::text FROM pg_trigger",
    ]

  private static func oldState(_ stage: ContentStage) async throws -> Set<String> {
    Set(try await stage.rows(oldTables.joined(separator: " UNION ALL ")).map { "\($0)" })
  }

  private static func filled(_ seed: UInt64, on loop: EventLoop) async throws -> ContentStage {
    let stage = try await ContentStage.open(on: loop)
    var change = ContentChange(keys: 80, seed: seed)
    try await stage.runUnseen(change.fill(1_200))
    try await stage.backfill()
    return stage
  }

  private static func sum(_ statement: Statement, _ stage: ContentStage) async throws -> [String?] {
    let rows = try await stage.pool.query(statement)
    return rows.columns.indices.map { rows.string(row: 0, column: $0) }
  }

  @Test("archived and restored, again and again, the old tables are what they were: rows, places, indexes, triggers")
  func restores() async throws {
    let seed = UInt64.random(in: .min ... .max)
    try await onLoop { loop in
      let stage = try await Self.filled(seed, on: loop)
      defer { stage.close() }
      try await stage.run("CREATE INDEX \"Mine\" ON content.tweets (lower(text) COLLATE \"C\") WHERE generator <> ''")
      let before = try await Self.oldState(stage)
      let lines = try await stage.newLines()
      let sum = try await Self.sum(stage.migration.checksum, stage)
      do {
        try await stage.job(.archive)
        Issue.record("nobody has watched who reads the tables")
      } catch is StepRefused {}
      for _ in 0..<2 {
        try await stage.job(.archive, isForcing: true)
        #expect(try await Self.sum(stage.migration.archivedChecksum, stage) == sum)
        #expect(try await stage.count("pg_indexes WHERE schemaname = 'content' AND tablename ~ '_archived'") == 9)
        let relations = Self.tables.map { "'content.\($0)'::regclass" }.joined(separator: ", ")
        #expect(try await stage.count("pg_class WHERE relkind = 'v' AND oid IN (\(relations))") == 9)
        try await stage.job(.restore, isForcing: true)
        try await expect(Self.oldState(stage), are: before, "seed \(seed)")
        #expect(try await Self.sum(stage.migration.checksum, stage) == sum)
        #expect(try await stage.newLines() == lines)
      }
      #expect(try await stage.verify().equal)
      try await stage.run("UPDATE content.tweets SET text = 'followed'")
      try await expect(stage.newLines(), are: stage.model().lines, "it is followed as before")
      #expect(try await stage.newLines() != lines)
    }
  }

  @Test("what old SQL writes through the views is in the old tables when they come back, and nothing else has changed")
  func writesBack() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await Self.filled(seed, on: loop)
      defer { stage.close() }
      var change = ContentChange(keys: 80, seed: seed &+ 1, isSound: true)
      for round in 0..<2 {
        let before = try await Self.oldRows(stage)
        try await stage.job(.archive, isForcing: true)
        let linesBefore = try await stage.newLines()
        var taken: [String: Int] = [:]
        for _ in 0..<250 {
          let write = change.any()
          do {
            try await stage.run(write)
            taken[String(write.prefix(6)), default: 0] += 1
          } catch is DatabaseError {}
        }
        #expect(taken.count == 3 && taken.values.allSatisfy { $0 > 10 }, "\(taken)")
        let lines = try await stage.newLines()
        try await stage.job(.restore, isForcing: true)
        let here = "seed \(seed), round \(round)"
        func threeTables(_ lines: Set<String>) -> Set<String> { lines.filter { !$0.hasPrefix("content_d") } }
        let model = try await stage.model()
        #expect(try await threeTables(stage.newLines()) == threeTables(lines), "\(here)")
        // Disagreements are what old rows say now; what only the views knew has gone.
        try await expect(stage.newLines(), are: model.lines, "\(here)")
        let touched = Set(lines.symmetricDifference(linesBefore).map { Int($0.split(separator: " ")[1])! })
        #expect(touched.count > 10 && touched.count < 80)
        let after = try await Self.oldRows(stage)
        for decision in 1...80 where !touched.contains(decision) {
          #expect(after[decision] == before[decision], "\(here): decision \(decision)")
        }
        let report = try await stage.backfill()
        #expect(report.written.values.allSatisfy { $0 == 0 }, "\(here): \(report.written)")
        #expect(try await stage.verify().equal, "\(here)")
      }
    }
  }

  private static func oldRows(_ stage: ContentStage) async throws -> [Int: Set<[String?]>] {
    let rows = try await stage.rows(
      tables.map { "SELECT t.decision_id, '\($0)', t::text FROM content.\($0) t" }.joined(separator: " UNION ALL "))
    return Dictionary(grouping: rows) { Int($0[0]!)! }.mapValues(Set.init)
  }

  @Test("dropping takes the nine archived tables and nothing else; the views go on")
  func drops() async throws {
    try await onLoop { loop in
      let stage = try await Self.filled(7, on: loop)
      defer { stage.close() }
      try await stage.job(.archive, isForcing: true)
      let relations =
        "SELECT relname FROM pg_class WHERE relnamespace = 'content'::regnamespace AND relkind IN ('r', 'v')"
      let before = Set(try await stage.rows(relations).map { $0[0]! })
      let lines = try await stage.newLines()
      try await stage.job(.drop, isForcing: true)
      let after = Set(try await stage.rows(relations).map { $0[0]! })
      #expect(before.subtracting(after) == Set(Self.tables.map { "\($0)_archived" }))
      #expect(after.isSubset(of: before))
      #expect(try await stage.newLines() == lines)
      try await stage.run(
        "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (99, 'x', 'draft')")
      #expect(try await stage.newLines().count == lines.count + 1)
    }
  }
}
