// Rounding and square roots of doubles call libm, which only this import links.
private import Glibc

/// VADER's compound of a sentence, -1 to 1, to its four decimals.
package struct Compound: Hashable, Sendable {
  package let tenThousandths: Int

  /// Rounds as Python's `round(_, 4)`: to the nearest, halves to even, judged on the exact binary value.
  package init(rounding value: Double) {
    let scaled = value * 10_000
    let lostInScaling = (-scaled).addingProduct(value, 10_000)
    var nearest = scaled.rounded(.toNearestOrEven)
    let distance = scaled - nearest
    if abs(distance) == 0.5 && distance.sign == lostInScaling.sign && lostInScaling != 0 {
      nearest += 2 * distance
    }
    tenThousandths = Int(nearest)
  }
}
