import Testing

@testable import HTTP
import TestSupport

@Suite("date")
struct HTTPDateTests {
  private func text(_ seconds: Int) -> String { String(decoding: HTTPDate(unixSeconds: seconds).bytes, as: UTF8.self) }

  @Test(
    "known dates",
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_000_000_000, "Sun, 09 Sep 2001 01:46:40 GMT"),
      (1_234_567_890, "Fri, 13 Feb 2009 23:31:30 GMT"), (2_147_483_647, "Tue, 19 Jan 2038 03:14:07 GMT"),
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
      (-1, "Thu, 01 Jan 1970 00:00:00 GMT"), (Int.min, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (Int.max, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
  func known(seconds: Int, expected: String) {
    #expect(text(seconds) == expected)
  }

  @Test("every day from 1970 to 2999, counted one by one")
  func everyDay() {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func pad(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    var generator = SeededGenerator(seed: 1)
    var day = 0
    for year in 1970...2999 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
        for dayOfMonth in 1...length {
          let (hour, minute, second) = (generator.below(24), generator.below(60), generator.below(60))
          let clock = "\(pad(hour)):\(pad(minute)):\(pad(second))"
          let expected = "\(weekdays[day % 7]), \(pad(dayOfMonth)) \(months[month]) \(year) \(clock) GMT"
          let actual = text(day * 86_400 + hour * 3600 + minute * 60 + second)
          if actual != expected {
            Issue.record("\(actual) is not \(expected)")
            return
          }
          day += 1
        }
      }
    }
    #expect(day == 376_200)
  }

  @Test("the cache follows the clock, backwards too")
  func update() {
    var date = HTTPDate(unixSeconds: 5)
    for seconds in [5, 6, 6, 5, 1_000_000_000, 0] {
      date.update(unixSeconds: seconds)
      #expect(date.bytes == HTTPDate(unixSeconds: seconds).bytes)
    }
  }
}
