import CivilTime
import Testing

@Suite struct DayTests {
  /// Counts days by hand through the calendar, with no formula in common with `Day`.
  @Test("every day of the years 1 to 9999, both ways") func everyDay() {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    var number = -719_162
    var failures = 0
    for year in 1...9_999 {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      for month in 1...12 {
        let length = month == 2 && isLeap ? 29 : lengths[month - 1]
        for day in 1...length {
          let text = pad(year, 4) + "-" + pad(month, 2) + "-" + pad(day, 2)
          let made = Day(year: year, month: month, day: day)
          if made.number != number || made.description != text { failures += 1 }
          if day == 1 || day == length, Day(text) != made { failures += 1 }
          number += 1
        }
        if Day(pad(year, 4) + "-" + pad(month, 2) + "-" + pad(length + 1, 2)) != nil { failures += 1 }
      }
    }
    #expect(failures == 0)
    #expect(number == 2_932_897)
  }

  @Test(
    "what is no day",
    arguments: [
      "", "2026", "2026-1-01", "2026-01-1", "26-01-01", "2026-00-01", "2026-13-01", "2026-01-00", "2026-02-29",
      "1900-02-29",
      "0000-01-01", "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-0a", "２０２６-01-01", "-026-01-01", "20260101xx",
    ])
  func refused(_ text: String) { #expect(Day(text) == nil) }

  @Test("the UTC day of a second, at the edges") func unixSeconds() {
    #expect(Day(unixSeconds: 0).description == "1970-01-01")
    #expect(Day(unixSeconds: 86_399).description == "1970-01-01")
    #expect(Day(unixSeconds: 86_400).description == "1970-01-02")
    #expect(Day(unixSeconds: -1).description == "1969-12-31")
    #expect(Day(unixSeconds: -86_400).description == "1969-12-31")
    #expect(Day(unixSeconds: -86_401).description == "1969-12-30")
  }

  private func pad(_ number: Int, _ width: Int) -> String {
    String(repeating: "0", count: width - String(number).count) + String(number)
  }
}
