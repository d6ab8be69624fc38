import Rollout
import Testing

@Suite struct PercentTests {
  @Test func readsAndPrintsEveryHundredth() throws {
    for hundredths in 0...10_000 {
      let fraction = String(hundredths % 100 + 100).dropFirst()
      let text = "\(hundredths / 100).\(fraction)"
      #expect(try Percent(number: text).hundredths == hundredths)
      #expect(Percent(hundredths: hundredths)?.description == text)
    }
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("0.0", 0), ("-0.00", 0), ("0e5", 0), ("0E-5", 0), ("0.000000", 0), ("1", 100), ("1.5", 150),
    ("12.50", 1_250), ("12.5000000000000000000000000000", 1_250), ("99.99", 9_999), ("100", 10_000),
    ("100.00", 10_000), ("1e2", 10_000), ("1E+2", 10_000), ("1000e-1", 10_000), ("0.001e5", 10_000), ("1e-2", 1),
    ("0.01", 1), ("100e-4", 1), ("33.3e0", 3_330), ("0.29", 29), ("0.57", 57), ("1.15", 115), ("64.35", 6_435),
    ("0.00000000000000000001e20", 100), ("10000000000000000000000e-20", 10_000), ("0e999999999999999999999", 0),
  ])
  func takes(_ text: String, hundredths: Int) throws {
    #expect(try Percent(number: text).hundredths == hundredths)
  }

  @Test(arguments: [
    "0.001", "12.345", "99.999", "0.015", "1e-3", "12.3400000000001", "0.0000000000000001", "1e-400", "1e-99999999999",
    "33.333333333333333333333333333333", "99.9999999999999999999999", "100.0000000000000000001",
  ])
  func refusesMoreThanTwoDecimals(_ text: String) {
    #expect(throws: Percent.ParseError.notTwoDecimals) { try Percent(number: text) }
  }

  @Test(arguments: [
    "-1", "-0.01", "100.01", "101", "1e3", "1e400", "1e99999999999999999999", "-1e400", "18446744073709551716",
    "-0.001", "-1e-400",
  ])
  func refusesWhatIsOutOfRange(_ text: String) {
    #expect(throws: Percent.ParseError.outOfRange) { try Percent(number: text) }
  }

  @Test(arguments: ["", "abc", "nan", "inf", "0x10", "1,5", " 1", "1 ", "--1", "1e", "½"])
  func refusesWhatIsNoJSONNumber(_ text: String) {
    #expect(throws: Percent.ParseError.self) { try Percent(number: text) }
  }

  @Test(arguments: [-1, 10_001, .min, .max]) func refusesHundredthsOutOfRange(_ hundredths: Int) {
    #expect(Percent(hundredths: hundredths) == nil)
  }
}
