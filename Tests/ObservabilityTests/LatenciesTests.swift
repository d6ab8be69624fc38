import TestSupport
import Testing

@testable import Observability

@Suite struct LatenciesTests {
  /// What may be told of a latency: away by a 32nd of it, or by less than a microsecond.
  private static func isWithinBound(_ bucket: LatencyBucket, of nanoseconds: Int) -> Bool {
    let away = abs(bucket.microseconds * 1_000 - nanoseconds)
    return away * 32 <= nanoseconds || away < 1_000
  }

  @Test("every bucket is used, they are in order without a gap, and what each tells lies in it")
  func buckets() {
    // All that is small; of the rest, four places in each bucket and what is beside them.
    let large = (14..<32).flatMap { octave in
      (0..<64).flatMap { place in (-1...1).map { (64 + place) << (octave - 6) + $0 } }
    }
    var seen: [Int] = []
    for value in Array(0..<1 << 14) + large.sorted() {
      let bucket = LatencyBucket(nanoseconds: value * 1_000)
      #expect(bucket == LatencyBucket(nanoseconds: value * 1_000 + 999), "the microsecond is rounded down")
      #expect(Self.isWithinBound(bucket, of: value * 1_000) && Self.isWithinBound(bucket, of: value * 1_000 + 999))
      #expect(LatencyBucket(nanoseconds: bucket.microseconds * 1_000) == bucket)
      if bucket.number != seen.last { seen.append(bucket.number) }
    }
    #expect(seen == Array(0..<LatencyBucket.count))
  }

  @Test("what is below 32 microseconds is told exactly, and what is beyond all bounds is in the last bucket")
  func edges() {
    for microseconds in 0..<32 {
      #expect(LatencyBucket(nanoseconds: microseconds * 1_000).microseconds == microseconds)
    }
    for nanoseconds in [-1, -1_000_000, Int.min] { #expect(LatencyBucket(nanoseconds: nanoseconds).number == 0) }
    for nanoseconds in [(1 << 32) * 1_000 - 1, (1 << 32) * 1_000, Int.max] {
      #expect(LatencyBucket(nanoseconds: nanoseconds).number == LatencyBucket.count - 1)
    }
  }

  /// From 1 microsecond to about a minute.
  private static func sample(_ count: Int, _ generator: inout SeededGenerator) -> [Int] {
    let kind = generator.below(5)
    let middle = generator.within(1_000...10_000_000)
    return (0..<count).map { _ in
      switch kind {
      case 0: generator.within(1_000...60_000_000_000)
      case 1: generator.within(1_000...2_000 << generator.below(25))
      case 2: generator.chance(20) ? middle * 50 : middle + generator.below(100)
      case 3: middle
      default: generator.within(0...64_000)
      }
    }
  }

  /// The smallest latency that this share of all does not exceed, found without ranks.
  private static func exact(_ percent: Int, of sorted: [Int]) -> Int {
    sorted.indices.first { ($0 + 1) * 100 >= percent * sorted.count }.map { sorted[$0] }!
  }

  @Test("a percentile is within its bound of the exact one", arguments: [1, 2, 3, 99, 100, 101, 10_000])
  func percentiles(_ count: Int) {
    let seed = UInt64.random(in: 0...(.max))
    print("latencies: \(count) samples, seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<(count > 1_000 ? 5 : 100) {
      let sample = Self.sample(count, &generator)
      let sorted = sample.sorted()
      var latencies = Latencies()
      for nanoseconds in sample { latencies.add(in: LatencyBucket(nanoseconds: nanoseconds)) }
      #expect(latencies.count == count)
      #expect(latencies.buckets.reduce(0) { $0 + $1.requests } == count)
      for percent in 1...100 {
        let exact = Self.exact(percent, of: sorted)
        guard let told = latencies.percentile(percent) else {
          Issue.record("no percentile of \(count), seed \(seed)")
          continue
        }
        #expect(
          Self.isWithinBound(told, of: exact),
          "p\(percent) of \(count): \(told.microseconds) for \(exact), seed \(seed)")
        #expect(told == LatencyBucket(nanoseconds: exact), "p\(percent) of \(count), seed \(seed)")
      }
    }
  }

  @Test("there is no percentile of nothing")
  func nothing() {
    for percent in [1, 50, 95, 99, 100] { #expect(Latencies().percentile(percent) == nil) }
    #expect(Latencies().buckets.isEmpty)
  }

  @Test("what two have seen, merged, is what one saw who has seen both")
  func merge() {
    let seed = UInt64.random(in: 0...(.max))
    print("merged latencies: seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<50 {
      var (one, other, both) = (Latencies(), Latencies(), Latencies())
      for nanoseconds in Self.sample(200, &generator) {
        let bucket = LatencyBucket(nanoseconds: nanoseconds)
        if generator.chance(3) { one.add(in: bucket) } else { other.add(in: bucket) }
        both.add(in: bucket)
      }
      one.merge(other)
      #expect(one == both, "seed \(seed)")
    }
  }
}
