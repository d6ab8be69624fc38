/// Between which values the ratio of new to old lies, for one statistic.
package struct RatioInterval: Sendable, Equatable {
  package let low: Double
  package let high: Double

  package init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

  /// How sure that is, in percent. 99 and not 95: one test gives an interval for every service and statistic, and with
  /// 95 two of forty would find a difference where there is none.
  package static let confidencePercent = 99
}

/// Confidence intervals for the ratios of two sides' statistics, by a bootstrap of blocks of pairs.
///
/// Pairs, because both requests of a pair ask the same and are sent one after the other, so what the question and the
/// moment cost is in both and falls out of the ratio. Blocks of neighbours, because latencies follow one another: a
/// stall or a queue makes a whole stretch slow, and drawing requests one by one would take that stretch for many
/// independent ones and give intervals that are too narrow. A bootstrap, because it needs no assumption about the
/// distribution, and latencies fit none. The length of a block is the cube root of the number of pairs, the rate at which
/// it has to grow (Hall, Horowitz and Jing, 1995). The interval is made of the percentiles of the replicates' ratios, so it
/// is never below 0 and that of old to new is its inverse.
package struct RatioBootstrap {
  package static let replicates = 2_000
  /// Values that have to lie beyond a quantile. With fewer, the replicates know next to nothing of it.
  static let tailCountMin = 10
  private static let pairsMin = 100

  private let oldSums: [Double]
  private let newSums: [Double]
  private let sizes: [Int]
  /// For each rank from the smallest latency, the block it comes from, and the latency.
  private let old: [Ranked]
  private let new: [Ranked]
  private var random: SeededRandom

  private struct Ranked {
    let nanoseconds: UInt64
    let block: Int32
  }

  /// - Parameters:
  ///   - old: latencies in nanoseconds, in the order of their pairs.
  ///   - new: the same pairs.
  package init(old: [UInt64], new: [UInt64], seed: UInt64) {
    precondition(old.count == new.count)
    let length = Self.blockLength(old.count)
    let blocks = (old.count + length - 1) / length
    var (oldSums, newSums) = ([Double](repeating: 0, count: blocks), [Double](repeating: 0, count: blocks))
    var sizes = [Int](repeating: 0, count: blocks)
    for index in old.indices {
      let block = index / length
      oldSums[block] += Double(old[index])
      newSums[block] += Double(new[index])
      sizes[block] += 1
    }
    func ranked(_ side: [UInt64]) -> [Ranked] {
      side.indices.map { Ranked(nanoseconds: side[$0], block: Int32($0 / length)) }
        .sorted { $0.nanoseconds < $1.nanoseconds }
    }
    (self.old, self.new) = (ranked(old), ranked(new))
    (self.oldSums, self.newSums, self.sizes) = (oldSums, newSums, sizes)
    random = SeededRandom(seed: seed)
  }

  /// The greatest whole number whose cube is not above `count`.
  static func blockLength(_ count: Int) -> Int {
    var length = 1
    while (length + 1) * (length + 1) * (length + 1) <= count { length += 1 }
    return length
  }

  /// Whether `count` pairs are enough to say something about it.
  static func isEnough(_ count: Int, for statistic: Statistic) -> Bool {
    guard count >= pairsMin else { return false }
    guard let thousandths = statistic.thousandths else { return true }
    return count - Statistic.rank(thousandths, of: count) >= tailCountMin
  }

  /// One interval for each statistic, in the order of `allCases`; nil where the pairs are too few.
  package consuming func intervals(replicates: Int = Self.replicates) -> [RatioInterval?] {
    let statistics = Statistic.allCases.filter { Self.isEnough(old.count, for: $0) }
    var ratios = [[Double]](repeating: [], count: statistics.count)
    var weights = [Int](repeating: 0, count: sizes.count)
    let quantiles = statistics.compactMap(\.thousandths)
    for _ in 0..<(statistics.isEmpty ? 0 : replicates) {
      for block in weights.indices { weights[block] = 0 }
      for _ in sizes { weights[random.below(sizes.count)] += 1 }
      let oldQuantiles = Self.quantiles(quantiles, of: old, weights, sizes)
      let newQuantiles = Self.quantiles(quantiles, of: new, weights, sizes)
      var next = 0
      for (index, statistic) in statistics.enumerated() {
        if statistic.thousandths == nil {
          ratios[index].append(Self.sum(newSums, weights) / max(1, Self.sum(oldSums, weights)))
        } else {
          ratios[index].append(Double(newQuantiles[next]) / Double(max(1, oldQuantiles[next])))
          next += 1
        }
      }
    }
    return Statistic.allCases.map { statistic in
      statistics.firstIndex(of: statistic).map { Self.middle(ratios[$0]) }
    }
  }

  private static func sum(_ sums: [Double], _ weights: [Int]) -> Double {
    var sum = 0.0
    for block in sums.indices { sum += sums[block] * Double(weights[block]) }
    return sum
  }

  /// The quantiles of a sample in which every block counts as often as its weight says. Counts down from the largest
  /// latency, so that only the half above the median is walked.
  /// - Parameter thousandths: ascending.
  private static func quantiles(
    _ thousandths: [Int], of side: [Ranked], _ weights: [Int], _ sizes: [Int]
  ) -> [UInt64] {
    var total = 0
    for block in sizes.indices { total += sizes[block] * weights[block] }
    var found = [UInt64](repeating: 0, count: thousandths.count)
    var wanted = thousandths.count - 1
    var atOrBelow = total
    var place = side.count - 1
    while wanted >= 0 {
      let below = atOrBelow - weights[Int(side[place].block)]
      while wanted >= 0, below < Statistic.rank(thousandths[wanted], of: total) {
        found[wanted] = side[place].nanoseconds
        wanted -= 1
      }
      atOrBelow = below
      place -= 1
    }
    return found
  }

  /// What is left when the same share is cut off at both ends.
  private static func middle(_ ratios: [Double]) -> RatioInterval {
    let sorted = ratios.sorted()
    let cut = sorted.count * (100 - RatioInterval.confidencePercent) / 200
    return RatioInterval(low: sorted[cut], high: sorted[sorted.count - 1 - cut])
  }
}
