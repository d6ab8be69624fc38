import EventLoop
import Testing
import TestSupport

@Suite(.serialized) struct ContentInterleavingTests {
  /// Few sound rows, so that whole parts come and go, or many of any kind.
  @Test(
    "at every moment what is committed is in the new tables or in the queue; at the end all is right",
    arguments: [(true, 3), (false, 50)])
  func holds(isSound: Bool, rows: Int) async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      try await stage.interleave(
        keys: isSound ? 3 : 4, rows: rows, isSound: isSound, steps: isSound ? 200 : 80, seed: seed)
    }
  }
}
