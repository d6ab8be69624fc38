/// When each request is meant to be sent, and which one it is: known before the first is sent, and so the same whatever
/// the server does (open loop). A slow answer delays nothing, and a request that is late is late because of the server,
/// which its latency says.
package struct Schedule: Sendable {
  package enum Side: Int, CaseIterable, Sendable {
    case old = 0
    case new = 1

    package var name: String { self == .old ? "old" : "new" }
  }

  /// One request.
  package struct Slot: Sendable, Equatable {
    /// Of the pair, or of the request where only one side is asked; from 0.
    package let number: Int
    package let group: Int
    package let path: Int
    package let side: Side
    package let isWarmUp: Bool
    /// After the beginning of the test.
    package let nanoseconds: UInt64
  }

  package let count: Int
  private let rate: UInt64
  private let warmUpCount: Int
  private let sides: Int
  private let pathCounts: [Int]
  private var random: SeededRandom
  private var next = 0
  private var round: [Int] = []
  private var pair: (group: Int, path: Int, first: Side) = (0, 0, .old)

  /// - Parameters:
  ///   - isPaired: every path is asked of both sides, one after the other, in an order that is random for each pair.
  ///   - pathCounts: for each group, how many paths it has. Every group has as many pairs as any other, give or take one.
  package init(_ plan: Plan, isPaired: Bool, pathCounts: [Int]) {
    precondition(!pathCounts.isEmpty && pathCounts.allSatisfy { $0 > 0 })
    let sides = isPaired ? 2 : 1
    self.sides = sides
    // Whole pairs; at least one is counted.
    func whole(_ requests: Int) -> Int { (requests + sides - 1) / sides * sides }
    warmUpCount = whole(plan.rate * plan.warmUpSeconds)
    count = warmUpCount + whole(plan.rate * plan.seconds)
    rate = UInt64(plan.rate)
    self.pathCounts = pathCounts
    random = SeededRandom(seed: plan.seed)
  }

  /// When the next request is meant to be sent; nil after the last.
  package var due: UInt64? { next < count ? moment(next) : nil }

  private func moment(_ index: Int) -> UInt64 { UInt64(index) * 1_000_000_000 / rate }

  package mutating func popNext() -> Slot? {
    guard next < count else { return nil }
    let isSecond = next % sides == 1
    if !isSecond { drawPair() }
    defer { next += 1 }
    return Slot(
      number: next / sides, group: pair.group, path: pair.path,
      side: isSecond ? (pair.first == .old ? .new : .old) : pair.first, isWarmUp: next < warmUpCount,
      nanoseconds: moment(next))
  }

  /// Every group once, in random order, then all again.
  private mutating func drawPair() {
    if round.isEmpty {
      round = Array(pathCounts.indices)
      for index in stride(from: round.count - 1, to: 0, by: -1) { round.swapAt(index, random.below(index + 1)) }
    }
    let group = round.removeLast()
    let isOldFirst = sides == 1 || random.below(2) == 0
    pair = (group, random.below(pathCounts[group]), isOldFirst ? .old : .new)
  }
}
