/// SplitMix64: the same seed gives the same test.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  package mutating func within(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

  /// True once in `one` times.
  package mutating func chance(_ one: Int) -> Bool { below(one) == 0 }

  package mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

  package mutating func some<Element>(_ range: ClosedRange<Int>, of choices: [Element]) -> [Element] {
    (0..<within(range)).map { _ in pick(choices) }
  }

  /// A UUID in lower case.
  package mutating func uuid() -> String {
    let digits = Array("0123456789abcdef")
    return [8, 4, 4, 4, 12].map { length in String((0..<length).map { _ in pick(digits) }) }.joined(separator: "-")
  }
}
