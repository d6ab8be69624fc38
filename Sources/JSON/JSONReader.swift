/// Why bytes are not the JSON that is taken, and where.
package struct JSONError: Error, Equatable, CustomStringConvertible {
  package let reason: StaticReason
  /// Bytes before the place.
  package let offset: Int

  package enum StaticReason: String, Sendable {
    case unexpectedEnd = "it ends too early"
    case unexpectedByte = "a character is out of place"
    case badNumber = "a number is malformed"
    case badEscape = "an escape in a string is malformed"
    case badText = "a string is not UTF-8, or holds a control character or U+0000"
    case tooDeep = "it is nested too deeply"
    case repeatedName = "an object names a member twice"
    case trailingBytes = "something follows the value"
  }

  package var description: String { "not valid JSON: \(reason.rawValue) (at byte \(offset))" }
}

/// Reads one JSON value, strictly by RFC 8259: UTF-8, no member twice, no U+0000 (PostgreSQL cannot hold it).
package struct JSONReader {
  /// Arrays and objects within one another.
  package static let depthMax = 64

  private let bytes: [UInt8]
  private var index = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  package static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes)
    reader.skipSpace()
    let value = try reader.value()
    reader.skipSpace()
    guard reader.index == bytes.count else { throw reader.error(.trailingBytes) }
    return value
  }

  private func error(_ reason: JSONError.StaticReason) -> JSONError { JSONError(reason: reason, offset: index) }

  private func peek() throws(JSONError) -> UInt8 {
    guard index < bytes.count else { throw error(.unexpectedEnd) }
    return bytes[index]
  }

  private mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  private mutating func value() throws(JSONError) -> JSONValue {
    switch try peek() {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try literal("true", .boolean(true))
    case UInt8(ascii: "f"): return try literal("false", .boolean(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw error(.unexpectedByte)
    }
  }

  private mutating func literal(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for byte in word.utf8 { try take(byte) }
    return value
  }

  private mutating func take(_ byte: UInt8) throws(JSONError) {
    guard try peek() == byte else { throw error(.unexpectedByte) }
    index += 1
  }

  /// Steps into an array or object. True if it is empty, and then out of it again.
  private mutating func enter(closing bracket: UInt8) throws(JSONError) -> Bool {
    guard depth < Self.depthMax else { throw error(.tooDeep) }
    depth += 1
    index += 1
    skipSpace()
    return try peek() == bracket ? leave() : false
  }

  private mutating func leave() -> Bool {
    depth -= 1
    index += 1
    return true
  }

  /// After an element: true if that was the last.
  private mutating func isLast(closing bracket: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    if try peek() == bracket { return leave() }
    try take(UInt8(ascii: ","))
    skipSpace()
    return false
  }

  private mutating func array() throws(JSONError) -> JSONValue {
    var elements: [JSONValue] = []
    if try enter(closing: UInt8(ascii: "]")) { return .array(elements) }
    repeat { elements.append(try value()) } while try !isLast(closing: UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func object() throws(JSONError) -> JSONValue {
    var members: [JSONValue.Member] = []
    // Bytes, because Swift takes strings for equal that are other code points.
    var names: Set<[UInt8]> = []
    if try enter(closing: UInt8(ascii: "}")) { return .object(members) }
    repeat {
      let name = try string()
      guard names.insert(Array(name.utf8)).inserted else { throw error(.repeatedName) }
      skipSpace()
      try take(UInt8(ascii: ":"))
      skipSpace()
      members.append(.init(name: name, value: try value()))
    } while try !isLast(closing: UInt8(ascii: "}"))
    return .object(members)
  }

  private mutating func number() throws(JSONError) -> String {
    let start = index
    if try peek() == UInt8(ascii: "-") { index += 1 }
    if index < bytes.count, bytes[index] == UInt8(ascii: "0") { index += 1 } else { try digits() }
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      index += 1
      try digits()
    }
    if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<index], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = index
    while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
    if index == start { throw error(.badNumber) }
  }

  private mutating func string() throws(JSONError) -> String {
    try take(UInt8(ascii: "\""))
    var text: [UInt8] = []
    while true {
      let byte = try peek()
      index += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw error(.badText) }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
      case 0..<0x20: throw error(.badText)
      default: text.append(byte)
      }
    }
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    let byte = try peek()
    index += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(Character(try unicodeScalar())).utf8)
    default: throw error(.badEscape)
    }
  }

  /// The scalar of `\uXXXX`, or of the two escapes of a surrogate pair.
  private mutating func unicodeScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try hex4()
    var value = first
    if (0xD800...0xDBFF).contains(first) {
      try take(UInt8(ascii: "\\"))
      try take(UInt8(ascii: "u"))
      let second = try hex4()
      guard (0xDC00...0xDFFF).contains(second) else { throw error(.badEscape) }
      value = 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw error(.badEscape) }
    guard value != 0 else { throw error(.badText) }
    return scalar
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw error(.badEscape) }
      value = value << 4 + UInt32(digit)
      index += 1
    }
    return value
  }
}
