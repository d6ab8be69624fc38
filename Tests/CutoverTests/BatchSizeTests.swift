import Testing

@testable import Cutover

@Suite struct BatchSizeTests {
  /// Milliseconds for a batch on a machine that copies this many keys a second.
  private static func milliseconds(_ keys: Int, perSecond: Double) -> Double { Double(keys) / perSecond * 1_000 }

  @Test("it comes close to the time budget on fast and slow machines", arguments: [500.0, 2_000, 8_000, 20_000])
  func converges(perSecond: Double) {
    var size = BatchSize(fixed: nil)
    for _ in 0..<40 { size.adapt(to: Self.milliseconds(size.keys, perSecond: perSecond), keys: size.keys) }
    let time = Self.milliseconds(size.keys, perSecond: perSecond)
    #expect((400...600).contains(time), "\(size.keys) keys take \(time) ms")
  }

  @Test("it never leaves its limits", arguments: [0.0001, 1_000_000])
  func limits(milliseconds: Double) {
    var size = BatchSize(fixed: nil)
    for _ in 0..<100 { size.adapt(to: milliseconds, keys: size.keys) }
    #expect((100...10_000).contains(size.keys))
    #expect(size.keys == (milliseconds < 1 ? 10_000 : 100))
  }

  @Test("the last, smaller batch says nothing; a size that was asked for stays")
  func stays() {
    var size = BatchSize(fixed: nil)
    size.adapt(to: 1, keys: 3)
    #expect(size.keys == BatchSize.keysDefault)
    var fixed = BatchSize(fixed: 7)
    fixed.adapt(to: 1, keys: 7)
    #expect(fixed.keys == 7)
  }
}
