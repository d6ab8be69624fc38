/// How late the ticks of a clock came, over the latest of them.
package struct LagWindow: Sendable {
  private let period: Int
  private var lags: [Int]
  private var next = 0
  private var lastTick: Int

  /// - Parameters:
  ///   - period: nanoseconds from one tick to the next.
  ///   - ticks: how many are looked back.
  ///   - now: in nanoseconds, as of all calls.
  package init(period: Int, ticks: Int, now: Int) {
    precondition(period > 0 && ticks > 0)
    self.period = period
    lags = Array(repeating: 0, count: ticks)
    lastTick = now
  }

  package mutating func tick(now: Int) {
    lags[next] = max(0, now - lastTick - period)
    next = (next + 1) % lags.count
    lastTick = now
  }

  /// Of the latest ticks, and of the one that is awaited: also a clock that stands still is late.
  package func worst(now: Int) -> Int { max(lags.max() ?? 0, now - lastTick - period) }
}
