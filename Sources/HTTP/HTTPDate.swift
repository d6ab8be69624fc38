import CivilTime

/// A date as IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7), kept as bytes.
///
/// Meant as a cache: one a loop, told the time before it is used, formatted again only when the second changed.
package struct HTTPDate: Sendable {
  package private(set) var bytes: [UInt8]
  private var unixSeconds: Int

  /// Seconds outside the years 1970 to 9999 are moved to the nearest one inside.
  package init(unixSeconds: Int) {
    self.unixSeconds = unixSeconds
    bytes = Self.format(unixSeconds)
  }

  package mutating func update(unixSeconds: Int) {
    guard unixSeconds != self.unixSeconds else { return }
    self = HTTPDate(unixSeconds: unixSeconds)
  }

  private static func format(_ unixSeconds: Int) -> [UInt8] {
    let seconds = min(max(unixSeconds, 0), lastSecond)
    let days = seconds / secondsPerDay
    let date = Day(number: days).calendar
    let clock = seconds % secondsPerDay

    var bytes: [UInt8] = []
    bytes.reserveCapacity(29)
    bytes.append(contentsOf: weekdays[(days + 4) % 7].utf8)
    bytes.append(contentsOf: ", ".utf8)
    append(date.day, to: &bytes)
    bytes.append(contentsOf: months[date.month - 1].utf8)
    append(date.year / 100, to: &bytes)
    append(date.year % 100, to: &bytes)
    bytes.append(Octet.space)
    append(clock / 3600, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(clock / 60 % 60, to: &bytes)
    bytes.append(UInt8(ascii: ":"))
    append(clock % 60, to: &bytes)
    bytes.append(contentsOf: " GMT".utf8)
    return bytes
  }

  /// Two digits.
  private static func append(_ number: Int, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "0") + UInt8(number / 10))
    bytes.append(UInt8(ascii: "0") + UInt8(number % 10))
  }

  private static let secondsPerDay = 86_400
  private static let lastSecond = 253_402_300_799
  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
  ]
}
