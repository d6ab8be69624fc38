/// What was measured: every latency, in the order of the schedule.
package struct Recording {
  /// Other kinds are counted as "other errors".
  static let errorKindsMax = 50

  package internal(set) var comparison = Comparison()
  /// By side and kind.
  package private(set) var errors: [Schedule.Side: [String: Int]] = [:]
  /// How long after its intended moment each request was taken up: by how much the load generator itself was late.
  package private(set) var lateness: [UInt64] = []
  package private(set) var sentCount = 0
  /// Requests that were sent a second time, because the server had ended their idle connection.
  package internal(set) var resentCount = 0
  let isPaired: Bool
  /// For each side and pair: nanoseconds from the intended moment to the end of the answer; 0: none.
  private var latencies: [[UInt64]]
  private var groups: [Int32]

  init(requests: Int, isPaired: Bool) {
    let sides = isPaired ? 2 : 1
    self.isPaired = isPaired
    latencies = Array(repeating: Array(repeating: 0, count: requests / sides), count: sides)
    groups = Array(repeating: -1, count: requests / sides)
    lateness.reserveCapacity(requests)
  }

  mutating func sent(_ slot: Schedule.Slot, lateBy nanoseconds: UInt64) {
    guard !slot.isWarmUp else { return }
    sentCount += 1
    lateness.append(nanoseconds)
  }

  mutating func answered(_ slot: Schedule.Slot, after nanoseconds: UInt64) {
    guard !slot.isWarmUp else { return }
    latencies[slot.side.rawValue][slot.number] = max(1, nanoseconds)
    groups[slot.number] = Int32(slot.group)
  }

  mutating func failed(_ slot: Schedule.Slot, _ kind: String) {
    guard !slot.isWarmUp else { return }
    var kinds = errors[slot.side] ?? [:]
    kinds[kinds[kind] == nil && kinds.count >= Self.errorKindsMax ? "other errors" : kind, default: 0] += 1
    errors[slot.side] = kinds
  }

  package var errorCount: Int { errors.values.reduce(0) { $0 + $1.values.reduce(0, +) } }

  /// The latencies of the pairs of which both requests were answered, of one group or of all, side by side.
  package func latencies(of group: Int?) -> [[UInt64]] {
    let numbers = groups.indices.filter { number in
      groups[number] >= 0 && (group.map { groups[number] == Int32($0) } ?? true)
        && latencies.allSatisfy { $0[number] > 0 }
    }
    return latencies.map { side in numbers.map { side[$0] } }
  }
}
