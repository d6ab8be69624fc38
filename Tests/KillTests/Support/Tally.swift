import Synchronization

/// Where all kills of a test fell.
final class Tally: Sendable {
  private static let bins = 10

  private let hits = Mutex<[Hit]>([])

  func add(_ hit: Hit) { hits.withLock { $0.append(hit) } }

  /// Blows in each tenth of the work.
  var tenths: [Int] {
    hits.withLock { hits in
      hits.reduce(into: Array(repeating: 0, count: Self.bins)) { counts, hit in
        counts[min(Self.bins - 1, max(0, Int(hit.share * Double(Self.bins))))] += 1
      }
    }
  }

  /// Who was hit, where in the work, and at which statement.
  var report: String {
    let all = hits.withLock { $0 }
    let victims = Kill.Victim.allCases.map { victim in "\(victim) \(all.count { $0.victim == victim })" }
    let shares = tenths.enumerated().map { tenth, count in
      "  \(tenth * 10)-\(tenth * 10 + 10) %\t\(count)\t\(String(repeating: "#", count: count * 60 / max(1, tenths.max()!)))"
    }
    let statements = Dictionary(grouping: all) { $0.statement ?? "between statements" }.mapValues(\.count)
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.key) \($0.value)" }
    return """
      \(all.count) kills: \(victims.joined(separator: ", ")); share of the work that was done when they fell:
      \(shares.joined(separator: "\n"))
      while the batch was at: \(statements.joined(separator: ", "))
      """
  }
}
