import JSON
import Rollout
import SQL

extension FlagSet {
  /// - Parameters:
  ///   - rows: as `flags_list.sql` gives them.
  ///   - newOnly: services whose old table is not written any more.
  init(rows: Rows, newOnly: Set<String>) {
    self.init(
      (0..<rows.count).map { row in
        var flag = Flag(service: rows.string(row: row, column: 0) ?? "")
        flag.useNewSchema = rows.boolean(row: row, column: 1)
        flag.canaryPercent = Percent(rows, row: row, column: 2)
        flag.shadowPercent = Percent(rows, row: row, column: 3)
        flag.guardRule = GuardRule(rows, row: row, column: 4)
        flag.ramp = Ramp(rows, row: row, column: 5)
        flag.version = rows.integer(row: row, column: 6) ?? 0
        flag.isNewOnly = newOnly.contains(flag.service)
        return flag
      })
  }
}

extension Percent {
  /// `NUMERIC(5,2)`.
  init(_ rows: Rows, row: Int, column: Int) {
    self = rows.string(row: row, column: column).flatMap { try? Percent(number: $0) } ?? .none
  }
}

extension GuardRule {
  /// `{"error_rate","latency_ratio","mismatch_rate","min_samples"}` or NULL.
  init?(_ rows: Rows, row: Int, column: Int) {
    let json = try? JSONReader.read(Array(rows.cell(row: row, column: column)))
    func number(_ name: String) -> Double? { json?[name]?.number }
    guard let errors = number("error_rate"), let ratio = number("latency_ratio"),
      let mismatches = number("mismatch_rate"), let samples = number("min_samples").flatMap({ Int(exactly: $0) })
    else { return nil }
    self.init(errorRate: errors, latencyRatio: ratio, mismatchRate: mismatches, minSamples: samples)
  }
}

extension Ramp {
  /// `{"steps","soak_s"}` or NULL.
  init?(_ rows: Rows, row: Int, column: Int) {
    let json = try? JSONReader.read(Array(rows.cell(row: row, column: column)))
    guard let steps = json?["steps"]?.array, let soak = json?["soak_s"]?.integer else { return nil }
    self.init(
      steps: steps.compactMap { step in
        if case .number(let text) = step { try? Percent(number: text) } else { nil }
      }, soakSeconds: soak)
  }
}

extension JSONValue {
  fileprivate var number: Double? { if case .number(let text) = self { Double(text) } else { nil } }
}
