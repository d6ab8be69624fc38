import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct ContentCopyTests {
  private static let decisions = 40
  private static let rounds = 8
  private static let reasons: Set = [
    "older_duplicate", "bad_status", "bad_pass", "bad_count", "overflow", "incomplete", "no_decision", "not_posted",
    "disagrees",
  ]

  @Test("what is copied, and what is not and why, is what README says, whatever the old rows are and become")
  func copyIsModel() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop, isCreated: false)
      defer { stage.close() }
      var change = ContentChange(keys: Self.decisions, seed: seed)
      try await stage.run(change.fill(550))
      try await Self.expectForetold(stage, seed)
      try await stage.job(.create)
      var reasons: Set<String> = []
      for round in 0..<Self.rounds {
        if round > 0 { try await stage.runUnseen(change.some(330)) }
        let model = try await stage.model()
        let before = try await stage.newLines()
        let report = try await stage.backfill(change.random.pick([9, nil]))
        let here = "seed \(seed), round \(round)"
        try await expect(stage.newLines(), are: model.lines, "\(here)")
        try await Self.expectReported(model, report, stage, here)
        #expect((report.written.values.reduce(0, +) > 0) == (!model.lines.subtracting(before).isEmpty), "\(here)")
        reasons.formUnion(model.explained.values.compactMap(\.reason))
      }
      #expect(reasons == Self.reasons, "seed \(seed)")
      let again = try await stage.backfill()
      #expect(again.written.values.allSatisfy { $0 == 0 }, "seed \(seed): \(again.written)")
      let model = try await stage.model()
      #expect(again.unchanged == model.rows.count { $0.table == "content_queue" }, "seed \(seed)")
      let verification = try await stage.verify()
      #expect(verification.equal, "seed \(seed)")
      #expect(verification.explained == Self.counts(of: model.explained), "seed \(seed)")
      #expect(verification.answers > 40)
    }
  }

  /// Preflight, a rehearsal and the list of rows that will be skipped.
  private static func expectForetold(_ stage: ContentStage, _ seed: UInt64) async throws {
    let model = try await stage.model()
    var found: [OldRowName: OldRowVerdict] = [:]
    let report = try await Preflight(stage.migration, database: stage.pool).run(found: {
      found[$0.row.name] = OldRowVerdict(key: $0.key, reason: $0.reason, isSkipped: $0.isSkipped)
    })
    #expect(found == model.explained, "seed \(seed)")
    #expect(report.explained == counts(of: model.explained))
    #expect(report.newRows == model.counts)
    #expect(report.results == Set(model.verdicts.values.map(\.key)).count)
    var skipped: [OldRowName: OldRowVerdict] = [:]
    try await SkippedRows(stage.migration, database: stage.pool, isRehearsing: true).forEach {
      skipped[$0.row.name] = OldRowVerdict(key: $0.key, reason: $0.reason, isSkipped: true)
    }
    #expect(skipped == model.skipped, "seed \(seed)")
  }

  private static func expectReported(
    _ model: ContentModel, _ report: Backfill.Report, _ stage: ContentStage, _ what: String
  ) async throws {
    #expect(report.skipped == counts(of: model.skipped), "\(what)")
    #expect(try await stage.skippedRows() == model.skipped, "\(what)")
  }

  private static func counts(of verdicts: [OldRowName: OldRowVerdict]) -> [String: Int] {
    verdicts.values.reduce(into: [:]) { $0[$1.reason!, default: 0] += 1 }
  }

  @Test("a row that PostgreSQL refuses for a reason that nobody foresaw costs its own sources and what hangs on it")
  func refused() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var change = ContentChange(keys: Self.decisions, seed: seed)
      try await stage.runUnseen(change.fill(500))
      try await stage.run(
        "ALTER TABLE content.content_queue ADD CHECK (tone <> 'b')",
        "ALTER TABLE content.posted_content ADD CHECK (content <> 'B')",
        "ALTER TABLE content.engagement_metrics ADD CHECK (likes <> 7)")
      let report = try await stage.backfill()
      let skipped = try await stage.skippedRows()
      let refused = skipped.filter { $0.value.reason == "refused" }
      #expect(refused.count > 3, "seed \(seed)")
      let model = try await stage.model(refused: Set(refused.keys))
      try await expect(stage.newLines(), are: model.lines, "seed \(seed)")
      try await Self.expectReported(model, report, stage, "seed \(seed)")
      let unlucky = try await stage.model().rows.filter {
        $0.cells["tone"] == .text("b") || $0.cells["likes"] == .count(7)
          || $0.table == "posted_content" && $0.cells["content"] == .text("B")
      }
      #expect(Set(refused.values.map(\.key)) == Set(unlucky.map(\.decision)), "seed \(seed)")
      #expect(try await stage.verify().equal, "seed \(seed)")
    }
  }
}
