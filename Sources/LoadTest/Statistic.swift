/// What is told of many latencies.
package enum Statistic: CaseIterable, Sendable {
  case mean
  case p50
  case p90
  case p99
  case p99_9

  package var name: String {
    switch self {
    case .mean: "mean"
    case .p50: "p50"
    case .p90: "p90"
    case .p99: "p99"
    case .p99_9: "p99.9"
    }
  }

  /// The share of latencies that are at or below it, in thousandths; nil for the mean.
  var thousandths: Int? {
    switch self {
    case .mean: nil
    case .p50: 500
    case .p90: 900
    case .p99: 990
    case .p99_9: 999
    }
  }

  /// Among `count` values in order, the rank of the quantile, from 1: the smallest value with the share at or below it.
  static func rank(_ thousandths: Int, of count: Int) -> Int { (count * thousandths + 999) / 1_000 }

  /// The value of each statistic, in the order of `allCases`; nil where there is none.
  package static func all(of nanoseconds: [UInt64]) -> [Double]? {
    guard !nanoseconds.isEmpty else { return nil }
    let sorted = nanoseconds.sorted()
    return allCases.map { statistic in
      guard let thousandths = statistic.thousandths else {
        return nanoseconds.reduce(0) { $0 + Double($1) } / Double(nanoseconds.count)
      }
      return Double(sorted[rank(thousandths, of: sorted.count) - 1])
    }
  }
}
