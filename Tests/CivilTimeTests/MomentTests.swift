import CivilTime
import Foundation
import Testing

@Suite struct MomentTests {
  @Test(
    "known moments",
    arguments: [
      (0, "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"), (-1, "1969-12-31T23:59:59.999Z"),
      (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
      (4_102_444_799_000, "2099-12-31T23:59:59.000Z"),
    ])
  func known(_ milliseconds: Int, _ text: String) {
    #expect(Moment(milliseconds: milliseconds).description == text)
  }

  @Test("whole seconds round down, before 1970 too") func seconds() {
    #expect(Moment(milliseconds: 1_999).unixSeconds == 1)
    #expect(Moment(milliseconds: -1).unixSeconds == -1)
    #expect(Moment(milliseconds: -1_000).unixSeconds == -1)
    #expect(Moment(milliseconds: -1_001).unixSeconds == -2)
  }

  @Test("now is the clock's now") func now() {
    let before = Date().timeIntervalSince1970
    let now = Double(Moment.now.milliseconds) / 1_000
    let after = Date().timeIntervalSince1970
    #expect(now >= before - 0.001 && now <= after)
  }
}
