import Migration
import Postgres
import SQL
import Testing

/// What verification says about wide rows, against the model.
enum ExplainedRows {
  static func expect(
    _ expected: MappingModel.Outcome, on stage: Stage, _ wide: [WideRow], refused: Set<Int>, _ moment: String
  ) async throws {
    let keys = Set(wide.map(\.result)).sorted()
    let results = Dictionary(uniqueKeysWithValues: wide.map { ($0.id, $0.result) })
    let rows = try await stage.pool.query(
      Stage.migration.parity.explained, [.array(keys)] + refusing(refused.sorted()))
    #expect((0..<rows.count).allSatisfy { rows.string(row: $0, column: 0) == "extracted_positions" })
    let ids = (0..<rows.count).map { rows.integer(row: $0, column: 1)! }
    #expect(
      ids == (Array(expected.skipped.keys) + expected.astray).sorted(),
      "\(moment): each such row is named once, in order")
    var reasons: Set<String> = []
    for (row, id) in ids.enumerated() {
      let reason = rows.string(row: row, column: 3)!
      let isSkipped = rows.boolean(row: row, column: 4)
      reasons.insert(reason)
      #expect(rows.integer(row: row, column: 2) == results[id], "\(moment): row \(id)")
      #expect(isSkipped == (expected.skipped[id] != nil), "\(moment): row \(id)")
      #expect(
        (isSkipped ? expected.skipped[id]! : ["differs_from_brand_row"]).contains(reason),
        "\(moment): row \(id) is not \(reason)")
    }
    let all: Set = [
      "older_duplicate", "unknown_competitor", "no_brand_row", "orphan", "overflow", "bad_label",
      "differs_from_brand_row",
    ]
    #expect(reasons == (refused.isEmpty ? all : all.union(["refused"])), "\(moment)")
    guard refused.isEmpty else { return }
    let copied = try await stage.pool.query(Stage.migration.copy.rows, [.array(keys)])
    let copies = (0..<copied.count).map { copied.integer(row: $0, column: 1)! }
    #expect(Set(copies) == expected.copied && copies.count == expected.copied.count, "\(moment): rows that are copied")
    let brandRows = Set(wide.filter { $0.competitor == nil }.map(\.id))
    #expect(copies.prefix { brandRows.contains($0) }.count == brandRows.intersection(copies).count, "parents first")
  }
}
