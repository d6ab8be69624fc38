import Foundation

/// Which runs a test makes.
struct Seeds {
  /// Repeats one run alone.
  static let variable = "SWITCHYARD_KILL_SEED"

  let all: [UInt64]
  let isComplete: Bool

  /// New ones at each call, told once.
  init(_ count: Int, of what: String) {
    if let seed = ProcessInfo.processInfo.environment[Self.variable].flatMap({ UInt64($0) }) {
      all = [seed]
      isComplete = false
    } else {
      let base = UInt64.random(in: 0..<1_000_000_000_000)
      all = (0..<UInt64(count)).map { base + $0 }
      isComplete = true
      print("\(what): \(count) runs from base seed \(base); \(Self.variable)=<seed> repeats one")
    }
  }
}
