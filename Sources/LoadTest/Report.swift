/// What a load test found, worked out of its recording.
package struct Report: Sendable {
  package struct Row: Sendable {
    package let name: String
    /// Pairs; requests where there is one side.
    package let count: Int
    /// For each side, nanoseconds for each statistic, in the order of `Statistic.allCases`; nil without latencies.
    package let sides: [[Double]?]
    /// For each statistic; empty where there is one side.
    package let intervals: [RatioInterval?]

    package func ratio(_ statistic: Int) -> Double? {
      guard sides.count == 2, let old = sides[0]?[statistic], let new = sides[1]?[statistic] else { return nil }
      return new / old
    }
  }

  package let url: String
  package let plan: Plan
  package let isPaired: Bool
  /// Sent, without the warm-up.
  package let requests: Int
  package let errors: [Schedule.Side: [String: Int]]
  package let errorCount: Int
  /// Requests that were sent a second time, because the server had ended their idle connection.
  package let resentCount: Int
  package let compared: Int
  package let different: Int
  package let uncompared: Int
  package let differences: [Comparison.Difference]
  /// By how many nanoseconds the load generator itself sent late: what 99 of 100 requests stay below, and the most.
  package let lateness: (p99: UInt64, most: UInt64)
  package let rows: [Row]

  /// Whether nothing is wrong: the latencies are no part of it.
  package var isClean: Bool { errorCount == 0 && different == 0 && uncompared == 0 && requests > 0 }

  /// - Parameter groups: names, in the order of the recording's groups.
  package init(_ recording: Recording, _ plan: Plan, _ target: Target, groups: [String]) {
    url = target.url
    self.plan = plan
    requests = recording.sentCount
    (errors, errorCount) = (recording.errors, recording.errorCount)
    resentCount = recording.resentCount
    let comparison = recording.comparison
    (compared, different) = (comparison.comparedCount, comparison.differentCount)
    (uncompared, differences) = (comparison.uncomparedCount, comparison.differences)
    let late = recording.lateness.sorted()
    lateness = late.isEmpty ? (0, 0) : (late[Statistic.rank(990, of: late.count) - 1], late[late.count - 1])
    let all: [(String, Int?)] = groups.count > 1 ? [("all", nil)] : []
    rows = (all + groups.enumerated().map { ($1, $0) }).map { name, group in
      let sides = recording.latencies(of: group)
      return Row(
        name: name, count: sides[0].count, sides: sides.map(Statistic.all),
        intervals: sides.count == 2
          ? RatioBootstrap(old: sides[0], new: sides[1], seed: plan.seed).intervals() : [])
    }
    isPaired = recording.isPaired
  }
}

/// A number with a fixed count of decimals, as JSON takes it.
func fixed(_ value: Double, _ decimals: Int) -> String {
  var power = 1
  for _ in 0..<decimals { power *= 10 }
  let scaled = Int((value * Double(power)).rounded())
  let fraction = String(scaled % power)
  return decimals == 0
    ? String(scaled)
    : "\(scaled / power).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}

/// Nanoseconds as milliseconds.
func milliseconds(_ nanoseconds: Double) -> String { fixed(nanoseconds / 1e6, 3) }
