/// What one load test does, and every limit of it.
package struct Plan: Sendable, Equatable {
  /// Requests of one test, so that every latency can be kept.
  package static let requestsMax = 1_000_000
  package static let rateMax = 100_000
  package static let concurrencyMax = 1_000
  package static let secondsMax = 86_400
  /// Requests that wait for a connection. One that finds the queue full is an error.
  package static let waitingMax = 10_000
  /// From the intended moment to the end of the answer.
  package static let requestSecondsMax = 10
  package static let bodyBytesMax = 16 * 1024 * 1024
  /// Bodies that are kept until the other answer of their pair is there, all together.
  package static let heldBytesMax = 256 * 1024 * 1024
  package static let differencesKept = 10

  /// Requests a second; those for the old and those for the new schema count alike.
  package let rate: Int
  /// Connections.
  package let concurrency: Int
  /// Without the warm-up.
  package let seconds: Int
  /// Load that is not counted, before the rest.
  package let warmUpSeconds: Int
  package let seed: UInt64

  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  package init(rate: Int, concurrency: Int, seconds: Int, warmUpSeconds: Int, seed: UInt64) throws(Invalid) {
    func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(Invalid) {
      guard range.contains(value) else {
        throw Invalid(
          description: "--\(name) takes a whole number from \(range.lowerBound) to \(range.upperBound), not \(value)")
      }
    }
    try check(rate, "rate", 1...Self.rateMax)
    try check(concurrency, "concurrency", 1...Self.concurrencyMax)
    try check(seconds, "duration", 1...Self.secondsMax)
    try check(warmUpSeconds, "warm-up", 0...Self.secondsMax)
    guard rate * (seconds + warmUpSeconds) <= Self.requestsMax else {
      throw Invalid(
        description: "--rate times --duration and --warm-up is more than \(Self.requestsMax) requests; take less of one"
      )
    }
    (self.rate, self.concurrency, self.seconds) = (rate, concurrency, seconds)
    (self.warmUpSeconds, self.seed) = (warmUpSeconds, seed)
  }
}
