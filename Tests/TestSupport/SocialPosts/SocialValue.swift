/// A number of a time series, in millionths.
struct SocialNumber: Hashable {
  private let millionths: Int128

  private static let unit: Int128 = 1_000_000

  init(_ whole: Int) { millionths = Int128(whole) * Self.unit }

  /// A count: whole, from 0 to 2^63 - 1; nil where it is none.
  init?(count text: String) {
    let parts = text.split(separator: ".")
    guard let whole = Int(parts[0]), whole >= 0, parts.count == 1 || parts[1].allSatisfy({ $0 == "0" }) else {
      return nil
    }
    self.init(whole)
  }

  /// A rate: to six decimals, half away from zero; nil where that is NaN, infinite, or a million and more.
  init?(rate text: String) {
    let isNegative = text.hasPrefix("-")
    let parts = text.drop { $0 == "-" }.split(separator: ".")
    guard let whole = Int(parts[0]), whole < 1_000_000 else { return nil }
    let digits = parts.count > 1 ? Array(parts[1]) : []
    let units = (0..<6).reduce(whole) { $0 * 10 + (digits.indices.contains($1) ? digits[$1].wholeNumberValue! : 0) }
    let rounded = units + (digits.count > 6 && digits[6] >= "5" ? 1 : 0)
    guard rounded < 1_000_000_000_000 else { return nil }
    millionths = Int128(isNegative ? -rounded : rounded)
  }

  /// Without zeros at its end.
  var text: String {
    let magnitude = millionths.magnitude
    let digits = String(magnitude % 1_000_000)
    var fraction = Substring(String(repeating: "0", count: 6 - digits.count) + digits)
    while fraction.last == "0" { fraction = fraction.dropLast() }
    return (millionths < 0 ? "-" : "") + String(magnitude / 1_000_000) + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}

enum SocialValue {
  private static let betweenHashtags = " \t\r\n#,;\"'[]{}".unicodeScalars

  /// In the order in which they come, each once.
  static func hashtags(_ text: String) -> [String] {
    var found: [String] = []
    for word in text.unicodeScalars.split(whereSeparator: betweenHashtags.contains) {
      let escaped = ContentValue.escaped(lowered(String(word)))
      if !found.contains(escaped) { found.append(escaped) }
    }
    return found
  }

  /// ASCII letters in lower case.
  static func lowered(_ text: String) -> String {
    String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }, as: UTF8.self)
  }

  private static let videos: Set = ["mp4", "mov", "webm", "m4v"]
  private static let images: Set = ["jpg", "jpeg", "png", "gif", "webp", "avif", "heic"]

  /// By an ending anywhere: of the address, of what is before its query or its fragment.
  static func kind(of url: String) -> String {
    let endings = lowered(url).split(omittingEmptySubsequences: false) { "?#".contains($0) }.compactMap { part in
      part.contains(".") ? part.split(separator: ".", omittingEmptySubsequences: false).last.map { String($0) } : nil
    }
    if endings.contains(where: videos.contains) { return "video" }
    return endings.contains(where: images.contains) ? "image" : "other"
  }

  /// `model@version`; nil where it is no such thing.
  static func model(_ text: String) -> (name: String, version: Int)? {
    let parts = ContentValue.word(text).utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    func isWord(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet) || (0x30...0x39).contains(octet) }
    guard parts.count <= 2, (1...100).contains(parts[0].count), isWord(parts[0].first!),
      parts[0].allSatisfy({ isWord($0) || "._/-".utf8.contains($0) })
    else { return nil }
    let name = String(decoding: parts[0], as: UTF8.self)
    guard parts.count == 2 else { return (name, 1) }
    let digits = parts[1]
    guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0"),
      digits.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return (name, Int(String(decoding: digits, as: UTF8.self))!)
  }

  /// In single precision; nil where it is no direction, or one that PostgreSQL cannot compute with.
  static func vector(_ text: String) -> [Float]? {
    guard text.hasPrefix("{"), !text.hasPrefix("{{") else { return nil }
    let items = text.dropFirst().dropLast().split(separator: ",")
    let values = items.compactMap { Double($0) }
    guard values.count == items.count, (1...4_000).contains(values.count),
      values.allSatisfy({ $0 == 0 || (1e-15...1e4).contains(abs($0)) }), values.contains(where: { $0 != 0 })
    else { return nil }
    return values.map { Float($0) }
  }

  /// By their bits: zero has a sign.
  static func bits(_ vector: [Float]) -> String {
    vector.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
  }

  /// As `jsonb` orders and prints an object of numbers.
  static func object(_ numbers: [String: SocialNumber]) -> String {
    let names = numbers.keys.sorted { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
    return "{\(names.map { "\"\($0)\": \(numbers[$0]!.text)" }.joined(separator: ", "))}"
  }
}
