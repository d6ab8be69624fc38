import Rollout
import SQL

/// A flag on its ramp, with what all guards have seen since it last changed.
struct RampStep {
  let service: String
  let version: Int
  let percent: Percent
  /// Seconds since the flag last changed.
  let soaked: Double
  let rule: GuardRule?
  let tally: GuardTally
  private let ramp: Ramp

  /// - Parameter rows: as `ramps_list.sql` gives them.
  init?(_ rows: Rows, row: Int) {
    func count(_ column: Int) -> Int { rows.integer(row: row, column: column) ?? 0 }
    guard let service = rows.string(row: row, column: 0), let version = rows.integer(row: row, column: 1),
      let soaked = rows.string(row: row, column: 3).flatMap({ Double($0) }),
      let ramp = Ramp(rows, row: row, column: 5)
    else { return nil }
    self.service = service
    self.version = version
    self.soaked = soaked
    self.ramp = ramp
    percent = Percent(rows, row: row, column: 2)
    rule = GuardRule(rows, row: row, column: 4)
    tally = GuardTally(
      requests: count(6), failures: count(7), comparisons: count(8), differences: count(9), slower: count(10))
  }

  var move: Ramp.Move { ramp.move(from: percent, soakedFor: soaked, doubt: rule.flatMap { tally.doubt($0) }) }
}
