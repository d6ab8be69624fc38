import Cutover
import EventLoop
import Migration
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct LargeBackfillTests {
  @Test("200,000 wide rows with every trap: the rows that the model computes, and a reason for every other one")
  func everyTrap() async throws {
    let seed: UInt64 = 91
    let world = SampleWorld.make(seed: seed, resultsPerBrand: 8_300)
    try await onLoop { loop in
      let traps = TrapRows(world, seed: seed)
      try #require(traps.rows.count >= 200_000)
      let expected = MappingModel(world).map(traps.rows)
      let stage = try await Stage.traps(world, traps.rows, on: loop)
      defer { stage.close() }
      let report = try await stage.backfill()
      try await CopyResultsTests.expect(expected, on: stage, traps.rows, "seed \(seed)")
      var named: [Int: Set<String>] = [:]
      try await SkippedRows(Stage.migration, database: stage.pool).forEach {
        named[$0.row.id, default: []].insert($0.reason)
      }
      #expect(Set(named.keys) == Set(expected.skipped.keys), "each row that is not copied is listed, and no other")
      let wrong = named.filter { !expected.skipped[$0.key, default: []].isSuperset(of: $0.value) }
      #expect(wrong.isEmpty, "\(wrong.prefix(3))")
      #expect(
        Set(named.values.joined()) == [
          "older_duplicate", "orphan", "overflow", "bad_label", "unknown_competitor", "no_brand_row",
        ])
      #expect(report.skipped.values.reduce(0, +) == expected.skipped.count)
      print(
        "seed \(seed): \(traps.rows.count) wide rows, \(report.written.values.reduce(0, +)) rows written, not copied: \(report.skipped)"
      )
    }
  }
}
