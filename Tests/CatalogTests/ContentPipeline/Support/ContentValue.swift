/// A value in the type of its new column.
enum ContentValue: Hashable, Sendable {
  /// Other characters than those of ASCII are written as numbers, because Swift takes a composed and a decomposed umlaut for
  /// the same.
  case text(String)
  /// Microseconds since 1970.
  case time(Int)
  case count(Int)
  /// Ten-thousandths.
  case rate(Int)

  static let times: Set = ["scheduled_at", "posted_at", "collected_at"]
  static let counts: Set = ["likes", "retweets", "views"]

  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      if scalar.isASCII, scalar != "\\" {
        escaped.unicodeScalars.append(scalar)
      } else {
        escaped += "\\\(scalar.value);"
      }
    }
  }

  /// As a disagreement has it.
  var text: String {
    switch self {
    case .text(let text): text
    case .time(let microseconds): Self.rfc3339(microseconds)
    case .count(let count): String(count)
    case .rate(let units): Exact(units, scale: 4).text
    }
  }

  /// As `ContentStage.newLines` reads it.
  var cell: String { if case .time(let microseconds) = self { String(microseconds) } else { text } }

  private static let daysOfCycle = 146_097
  private static let yearsOfCycle = 400
  private static let firstMoment = rounded(-719_162)
  private static let endOfMoments = rounded(2_932_897)

  private static func rounded(_ day: Int) -> Int { day * Calendar.microsecondsOfDay }

  /// Of the years 1 to 9999.
  static func isTold(_ microseconds: Int) -> Bool { firstMoment <= microseconds && microseconds < endOfMoments }

  /// The calendar begins in 1970; each 400 years are like the others.
  static func rfc3339(_ microseconds: Int) -> String {
    let day = Calendar.day(ofMicroseconds: microseconds)
    let cycles = Int((Double(day) / Double(daysOfCycle)).rounded(.down))
    let told = Calendar.text(microseconds: microseconds - rounded(cycles * daysOfCycle))
    let year = String(Int(told.prefix(4))! + cycles * yearsOfCycle)
    return String(repeating: "0", count: 4 - year.count) + year + told.dropFirst(4)
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
