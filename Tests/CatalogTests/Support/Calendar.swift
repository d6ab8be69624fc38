/// Days and moments counted from 1970-01-01T00:00:00Z, by walking through the years and months.
enum Calendar {
  static let microsecondsOfDay = 86_400_000_000

  static func day(ofMicroseconds microseconds: Int) -> Int {
    var day = microseconds / microsecondsOfDay
    if microseconds < day * microsecondsOfDay { day -= 1 }
    return day
  }

  static func day(_ year: Int, _ month: Int, _ day: Int) -> Int {
    var number = day - 1
    for earlier in 1970..<max(year, 1970) { number += isLeap(earlier) ? 366 : 365 }
    for earlier in 1..<month { number += length(earlier, year) }
    return number
  }

  static func civil(_ number: Int) -> (year: Int, month: Int, day: Int) {
    precondition(number >= 0)
    var (year, month, left) = (1970, 1, number)
    while left >= (isLeap(year) ? 366 : 365) {
      left -= isLeap(year) ? 366 : 365
      year += 1
    }
    while left >= length(month, year) {
      left -= length(month, year)
      month += 1
    }
    return (year, month, left + 1)
  }

  /// `2024-02-29`
  static func text(day number: Int) -> String {
    let date = civil(number)
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// `2024-02-29T23:59:59.999999Z`
  static func text(microseconds: Int) -> String {
    let number = day(ofMicroseconds: microseconds)
    let ofDay = microseconds - number * microsecondsOfDay
    let seconds = ofDay / 1_000_000
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(text(day: number))T\(time).\(padded(ofDay % 1_000_000, 6))Z"
  }

  /// 1970-01-01 was a Thursday.
  static func monday(ofWeekWith number: Int) -> Int { number - (number + 3) % 7 }

  static func firstOfMonth(with number: Int) -> Int { number - (civil(number).day - 1) }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func length(_ month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
