import Foundation
import Testing

@testable import LoadTest

/// The intervals against samples of which the true ratio is known.
@Suite struct RatioIntervalTests {
  /// Pairs as a server gives them: what is asked and how busy it is are common to both, the latter for many neighbours.
  private struct Source {
    var random: SeededRandom
    /// How much of the load is still there at the next pair.
    let memory: Double
    private var load = 0.0

    init(seed: UInt64, memory: Double) {
      random = SeededRandom(seed: seed)
      self.memory = memory
      load = normal()
    }

    /// Box and Muller.
    private mutating func normal() -> Double {
      let (first, second) = (Double(1 + random.below(1 << 30)) / Double(1 << 30), Double(random.below(1 << 30)))
      return (-2 * log(first)).squareRoot() * cos(2 * .pi * second / Double(1 << 30))
    }

    mutating func pairs(_ count: Int, ratio: Double) -> (old: [UInt64], new: [UInt64]) {
      var (old, new): ([UInt64], [UInt64]) = ([], [])
      for _ in 0..<count {
        load = memory * load + (1 - memory * memory).squareRoot() * normal()
        let question = 0.4 * normal()
        func latency(_ noise: Double) -> Double { 1_000_000 * exp(question + 0.4 * load + 0.3 * noise) }
        old.append(UInt64(latency(normal())))
        new.append(UInt64(ratio * latency(normal())))
      }
      return (old, new)
    }
  }

  /// Ratios of all statistics of the two sides' distributions are `ratio`: they differ by that factor only.
  @Test(
    "the true ratio is inside about as often as the confidence says, with and without a load that lasts",
    arguments: [(1.0, 0.0), (1.0, 0.9), (1.25, 0.9), (0.8, 0.0)])
  func coverage(_ ratio: Double, _ memory: Double) {
    let (runs, count, seed) = (200, 1_000, UInt64(11))
    var source = Source(seed: seed, memory: memory)
    var hits = [Int](repeating: 0, count: 4)
    for run in 0..<runs {
      let (old, new) = source.pairs(count, ratio: ratio)
      let intervals = RatioBootstrap(old: old, new: new, seed: UInt64(run)).intervals(replicates: 400)
      for index in hits.indices {
        if let interval = intervals[index], interval.low <= ratio, ratio <= interval.high { hits[index] += 1 }
      }
    }
    // With 99 of 100 inside, 200 runs have fewer than 191 inside once in 10,000 times; with 95 of 100, half the time.
    print("ratio \(ratio), memory \(memory), seed \(seed): inside \(hits) of \(runs)")
    #expect(hits.allSatisfy { $0 >= 191 }, "\(hits) of \(runs), seed \(seed)")
  }

  @Test("a difference of a quarter is found, and its direction")
  func power() throws {
    for (ratio, verdict) in [(1.25, Verdict.slower), (0.8, .faster)] {
      var found = 0
      var source = Source(seed: 21, memory: 0.9)
      for run in 0..<20 {
        let (old, new) = source.pairs(1_000, ratio: ratio)
        let interval = try #require(RatioBootstrap(old: old, new: new, seed: UInt64(run)).intervals(replicates: 400)[1])
        if Verdict(interval) == verdict { found += 1 }
      }
      #expect(found >= 18, "ratio \(ratio), seed 21: \(found) of 20")
    }
  }

  /// Every second block of ten is slow on both sides. Whoever drew pairs one by one would know the mean of a side well; what
  /// is in both sides falls out of the ratio, which a bootstrap that drew the sides apart would not see.
  @Test("what is in both sides of a pair falls out")
  func pairing() throws {
    var source = Source(seed: 31, memory: 0)
    var (old, new) = source.pairs(1_000, ratio: 1)
    for index in old.indices where index / 10 % 2 == 1 {
      old[index] *= 20
      new[index] *= 20
    }
    let interval = try #require(RatioBootstrap(old: old, new: new, seed: 1).intervals()[0])
    #expect(interval.low > 0.85 && interval.high < 1.15, "\(interval)")
  }

  /// A quarter of the pairs is slow on one side, alone or in stretches. Drawing single pairs would not tell these apart.
  @Test("a lasting stall of one side widens the interval")
  func stalls() throws {
    func width(lasting length: Int) throws -> Double {
      var source = Source(seed: 41, memory: 0)
      let (old, even) = source.pairs(1_000, ratio: 1)
      var new = even
      for index in new.indices where index / length % 4 == 0 { new[index] *= 6 }
      let interval = try #require(RatioBootstrap(old: old, new: new, seed: 1).intervals()[0])
      return interval.high - interval.low
    }
    #expect(try width(lasting: 10) > 1.5 * width(lasting: 1))
  }

  @Test("the same values give the ratio itself, the same seed the same interval, and new to old its inverse")
  func exact() throws {
    var source = Source(seed: 51, memory: 0.5)
    let (old, new) = source.pairs(1_500, ratio: 1.1)
    let doubled = old.map { $0 * 2 }
    for interval in RatioBootstrap(old: old, new: doubled, seed: 1).intervals().compactMap(\.self) {
      #expect(abs(interval.low - 2) < 1e-9 && abs(interval.high - 2) < 1e-9)
    }
    let once = RatioBootstrap(old: old, new: new, seed: 1).intervals()
    #expect(once == RatioBootstrap(old: old, new: new, seed: 1).intervals())
    #expect(once != RatioBootstrap(old: old, new: new, seed: 2).intervals())
    for (there, back) in zip(once, RatioBootstrap(old: new, new: old, seed: 1).intervals()) {
      guard let there, let back else { continue }
      #expect(abs(there.low * back.high - 1) < 1e-9 && abs(there.high * back.low - 1) < 1e-9)
    }
    #expect(once.compactMap(\.self).count == 4)
  }

  /// The replicates, drawn as written samples and sorted: slow and plain.
  @Test("the weighted walk gives what drawing and sorting gives")
  func oracle() throws {
    var source = Source(seed: 61, memory: 0.5)
    let (old, new) = source.pairs(1_003, ratio: 1.1)
    let length = RatioBootstrap.blockLength(old.count)
    let blocks = (old.count + length - 1) / length
    var random = SeededRandom(seed: 7)
    var ratios: [[Double]] = [[], [], [], []]
    for _ in 0..<400 {
      var numbers: [Int] = []
      for _ in 0..<blocks {
        let block = random.below(blocks)
        numbers += block * length..<min((block + 1) * length, old.count)
      }
      let (drawnOld, drawnNew) = (numbers.map { old[$0] }.sorted(), numbers.map { new[$0] }.sorted())
      func mean(_ values: [UInt64]) -> Double { values.reduce(0) { $0 + Double($1) } }
      ratios[0].append(mean(drawnNew) / mean(drawnOld))
      for (index, share) in [0.5, 0.9, 0.99].enumerated() {
        let rank = Int((share * Double(numbers.count) - 1e-9).rounded(.up)) - 1
        ratios[index + 1].append(Double(drawnNew[rank]) / Double(drawnOld[rank]))
      }
    }
    let intervals = RatioBootstrap(old: old, new: new, seed: 7).intervals(replicates: 400)
    for index in 0..<4 {
      let sorted = ratios[index].sorted()
      let interval = try #require(intervals[index])
      // 0.5 % of 400 at each end.
      #expect(abs(interval.low - sorted[2]) < 1e-9 && abs(interval.high - sorted[397]) < 1e-9, "\(index)")
    }
  }
}
