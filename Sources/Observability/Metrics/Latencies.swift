/// A range of latencies. In microseconds, rounded down: below 32 each has a bucket of its own; above, 16 of one width lie
/// between a power of two and the next. Integers alone find it, and all that are told of it err by a known share.
package struct LatencyBucket: Sendable, Hashable {
  private static let perOctave = 16
  /// Buckets are wider than a microsecond from the second octave on, and octaves end where 32 bits do.
  package static let count = (UInt32.bitWidth - perOctave.trailingZeroBitCount + 1) * perOctave

  package let number: Int

  /// Traps unless there is such a bucket.
  package init(number: Int) {
    precondition((0..<Self.count).contains(number))
    self.number = number
  }

  /// What takes more than 71 minutes is in the last one.
  package init(nanoseconds: Int) {
    let microseconds = UInt32(clamping: nanoseconds / 1_000)
    let bits = UInt32.bitWidth - microseconds.leadingZeroBitCount
    let octave = max(0, bits - Self.perOctave.trailingZeroBitCount - 1)
    number = octave * Self.perOctave + Int(microseconds >> octave)
  }

  /// Its middle: from whatever is in the bucket, that is away by a 32nd at most (3.2 %), or by less than a microsecond.
  package var microseconds: Int {
    let octave = max(0, number / Self.perOctave - 1)
    return (number - octave * Self.perOctave) << octave + (1 << octave) / 2
  }
}

/// How many requests took how long.
package struct Latencies: Sendable, Equatable {
  private var counts: [Int]

  package init() { counts = Array(repeating: 0, count: LatencyBucket.count) }

  /// - Parameter counts: for each bucket.
  package init(counts: ArraySlice<Int>) {
    precondition(counts.count == LatencyBucket.count)
    self.counts = Array(counts)
  }

  package mutating func add(_ requests: Int = 1, in bucket: LatencyBucket) { counts[bucket.number] += requests }

  package mutating func merge(_ other: Latencies) {
    for bucket in counts.indices { counts[bucket] += other.counts[bucket] }
  }

  package var count: Int { counts.reduce(0, +) }

  /// Those that are not empty.
  package var buckets: [(bucket: LatencyBucket, requests: Int)] {
    counts.indices.filter { counts[$0] > 0 }.map { (LatencyBucket(number: $0), counts[$0]) }
  }

  /// The bucket of the smallest latency that this share of all does not exceed; nil: there are none.
  package func percentile(_ percent: Int) -> LatencyBucket? {
    let rank = (count * percent + 99) / 100
    var upTo = 0
    return counts.indices.first { bucket in
      upTo += counts[bucket]
      return upTo > 0 && upTo >= rank
    }.map { LatencyBucket(number: $0) }
  }
}
