import Scoring
import Testing
import TestSupport

struct CompoundTests {
  @Test(
    "rounds the exact binary value, halves to even",
    arguments: [
      (0, 0), (1, 10_000), (-1, -10_000), (0.12344, 1234), (0.12346, 1235), (-0.12346, -1235),
      // Exact halves: 312.5, 937.5, 1562.5 and 9687.5 ten-thousandths.
      (0.03125, 312), (0.09375, 938), (-0.03125, -312), (-0.09375, -938), (0.15625, 1562), (0.96875, 9688),
      // Decimal halves whose double lies below or above; the scaled product cannot tell.
      (0.00015, 1), (0.00025, 3), (0.00005, 1), (0.99995, 10_000), (0.12345, 1235), (0.00045, 4), (0.33335, 3333),
    ])
  func rounding(value: Double, tenThousandths: Int) {
    #expect(Compound(rounding: value).tenThousandths == tenThousandths)
  }

  @Test("rounds as Python's round(x, 4) does")
  func python() throws {
    var generator = SeededGenerator(seed: 4)
    var values = (-10_000...9_999).map { (Double($0) + 0.5) / 10_000 }
    for value in values { values += [value.nextUp, value.nextDown] }
    values += (0..<10_000).map { _ in Double.random(in: -1...1, using: &generator) }
    let rounded: [Int] = try Python.map(
      values.map(\.bitPattern),
      with: """
        import struct, sys
        for line in sys.stdin:
            x = struct.unpack("<d", struct.pack("<Q", int(line)))[0]
            print(int("%.0f" % (round(x, 4) * 10000)))
        """)
    #expect(rounded == values.map { Compound(rounding: $0).tenThousandths })
  }
}
