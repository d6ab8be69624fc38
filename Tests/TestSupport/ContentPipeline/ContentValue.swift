/// A value in the type of its new column.
package enum ContentValue: Hashable, Sendable {
  /// Other characters than those of ASCII are written as numbers, because Swift takes a composed and a decomposed umlaut for
  /// the same.
  case text(String)
  /// Microseconds since 1970.
  case time(Int)
  case count(Int)
  /// Ten-thousandths.
  case rate(Int)

  package static let times: Set = ["scheduled_at", "posted_at", "collected_at"]
  package static let counts: Set = ["likes", "retweets", "views"]

  package static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      if scalar.isASCII, scalar != "\\" {
        escaped.unicodeScalars.append(scalar)
      } else {
        escaped += "\\\(scalar.value);"
      }
    }
  }

  /// As a disagreement has it.
  package var text: String {
    switch self {
    case .text(let text): text
    case .time(let microseconds): Self.rfc3339(microseconds)
    case .count(let count): String(count)
    case .rate(let units): Self.decimal(units)
    }
  }

  /// As `ContentReader.newLines` reads it.
  package var cell: String { if case .time(let microseconds) = self { String(microseconds) } else { text } }

  package static let microsecondsOfDay = 86_400_000_000
  private static let firstMoment = -719_162 * microsecondsOfDay
  private static let endOfMoments = 2_932_897 * microsecondsOfDay

  /// Of the years 1 to 9999.
  static func isTold(_ microseconds: Int) -> Bool { firstMoment <= microseconds && microseconds < endOfMoments }

  /// By walking through the years and months.
  package static func rfc3339(_ microseconds: Int) -> String {
    precondition(isTold(microseconds))
    let sinceFirst = microseconds - firstMoment
    var (year, month, left) = (1, 1, sinceFirst / microsecondsOfDay)
    while left >= (isLeap(year) ? 366 : 365) {
      left -= isLeap(year) ? 366 : 365
      year += 1
    }
    while left >= length(month, year) {
      left -= length(month, year)
      month += 1
    }
    let (seconds, fraction) = (sinceFirst % microsecondsOfDay / 1_000_000, sinceFirst % 1_000_000)
    let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(left + 1, 2))"
    let time = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }.joined(separator: ":")
    return "\(date)T\(time).\(padded(fraction, 6))Z"
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func length(_ month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func decimal(_ units: Int) -> String {
    let digits = padded(Int(units.magnitude), 5)
    return "\(units < 0 ? "-" : "")\(digits.dropLast(4)).\(digits.suffix(4))"
  }

  /// To four decimals, half away from zero; nil where that is NaN, infinite, or 1000 and more.
  static func rate(_ text: String) -> Int? {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    guard let whole = Int(parts[0]), whole < 1_000_000 else { return nil }
    let digits = parts.count > 1 ? Array(parts[1]) : []
    let units = (0..<4).reduce(whole) { $0 * 10 + (digits.indices.contains($1) ? digits[$1].wholeNumberValue! : 0) }
    let rounded = units + (digits.count > 4 && digits[4] >= "5" ? 1 : 0)
    guard rounded < 10_000_000 else { return nil }
    return isNegative ? -rounded : rounded
  }

  /// Without blanks around it, its ASCII letters in lower case.
  static func word(_ text: String) -> String {
    func isBlank(_ octet: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(octet) }
    let octets = text.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
    return String(decoding: octets.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
  }
}
