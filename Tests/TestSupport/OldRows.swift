/// Which row of which old table.
package struct OldRowName: Hashable, Sendable {
  package let table: String
  package let id: Int

  package init(table: String, id: Int) {
    self.table = table
    self.id = id
  }
}

/// What a migration says of an old row.
package struct OldRowVerdict: Hashable, Sendable {
  package let key: Int
  /// nil: there is nothing to say of it.
  package let reason: String?
  package let isSkipped: Bool

  package init(key: Int, reason: String?, isSkipped: Bool) {
    self.key = key
    self.reason = reason
    self.isSkipped = isSkipped
  }
}

/// What old rows become, in one process and without SQL.
package protocol OldRowsModel {
  var verdicts: [OldRowName: OldRowVerdict] { get }
  /// The new rows, as `newLine` writes them.
  var lines: Set<String> { get }
  /// New rows, by table.
  var counts: [String: Int] { get }
}

extension OldRowsModel {
  /// Rows without a reason, and those that only disagree, are copied.
  package var skipped: [OldRowName: OldRowVerdict] { verdicts.filter(\.value.isSkipped) }
  package var explained: [OldRowName: OldRowVerdict] { verdicts.filter { $0.value.reason != nil } }
}

/// Statements that change a migration's old tables at random.
package protocol OldRowsChange: Sendable {
  var random: SeededGenerator { get set }

  /// - Parameters:
  ///   - keys: keys are 1 to this.
  ///   - isSound: nothing that the mapping skips a row for by itself.
  init(keys: Int, seed: UInt64, isSound: Bool)

  /// Rows of every table.
  mutating func fill(_ count: Int) -> [String]
  mutating func any() -> String
  /// To tables that no other of so many programs writes.
  mutating func write(of program: Int, among programs: Int) -> String
}

extension OldRowsChange {
  package mutating func some(_ count: Int) -> [String] { (0..<count).map { _ in any() } }
}

/// A new row as a line.
package func newLine(_ table: String, _ key: String, _ cells: [String?]) -> String {
  ([table, key] + cells.map { $0.map { "'\($0)'" } ?? "NULL" }).joined(separator: " ")
}
