import EventLoop

/// How many keys a batch has: as many as fit a time budget, so that locks and snapshots stay short.
struct BatchSize {
  static let keysDefault = 2_000
  private static let keysMin = 100
  private static let keysMax = 10_000
  private static let budgetMilliseconds = 500.0
  /// A batch grows or shrinks by at most this factor.
  private static let stepMax = 1.5

  private let isFixed: Bool
  private(set) var keys: Int

  init(fixed: Int?) {
    isFixed = fixed != nil
    keys = fixed ?? Self.keysDefault
  }

  func begin() -> UInt64 { EventLoop.monotonicNanoseconds }

  mutating func end(_ began: UInt64, keys count: Int) {
    adapt(to: Double(EventLoop.monotonicNanoseconds - began) / 1e6, keys: count)
  }

  mutating func adapt(to milliseconds: Double, keys count: Int) {
    guard !isFixed, count == keys else { return }
    let factor = min(Self.stepMax, max(1 / Self.stepMax, Self.budgetMilliseconds / max(1, milliseconds)))
    keys = min(Self.keysMax, max(Self.keysMin, Int(Double(keys) * factor)))
  }
}
