import JSON
import Testing

@Suite struct JSONReaderTests {
  @Test(
    "values of RFC 8259",
    arguments: [
      ("null", JSONValue.null), ("true", .boolean(true)), ("false", .boolean(false)), ("0", .number("0")),
      ("-0", .number("-0")), ("12", .number("12")), ("-1.50e+3", .number("-1.50e+3")), ("1E9", .number("1E9")),
      ("\"\"", .string("")), ("\"ä🦉\"", .string("ä🦉")), (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
      (#""\u00e4\uD83E\uDD89""#, .string("ä🦉")), ("[]", .array([])),
      (" [ 1 , \"a\" ] ", .array([.number("1"), .string("a")])),
      ("{}", .object([])),
      (
        "\t{\"b\":1,\r\n\"a\":[{}]}\n",
        .object([
          .init(name: "b", value: .number("1")), .init(name: "a", value: .array([.object([])])),
        ])
      ),
    ])
  func accepted(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONReader.read(Array(text.utf8)) == value)
  }

  @Test(
    "what is not JSON",
    arguments: [
      "", " ", "nul", "nulll", "True", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x10", "NaN", "Infinity", "'a'", "\"",
      "\"a",
      "\"\n\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "[", "[1",
      "[1,",
      "[1,]", "[,1]", "[1 2]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "1 2",
      "[]]", "{\"a\":1}}", "\u{FEFF}1", "/**/1",
    ])
  func refused(_ text: String) { #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) } }

  @Test("every prefix of a document ends too early") func prefixes() throws {
    let text = Array(#"{"a":[1,-2.5e3,true,null,"x\u00e4\n"],"b":{"c":"d"}}"#.utf8)
    for end in 0..<text.count {
      let error = #expect(throws: JSONError.self) { try JSONReader.read(Array(text[..<end])) }
      #expect(error?.reason == .unexpectedEnd || error?.reason == .badNumber)
    }
    _ = try JSONReader.read(text)
  }

  @Test("names twice, U+0000, bytes that are no UTF-8") func unholdable() {
    func reason(_ bytes: [UInt8]) -> JSONError.StaticReason? {
      do { _ = try JSONReader.read(bytes) } catch { return error.reason }
      return nil
    }
    #expect(reason(Array(#"{"a":1,"a":2}"#.utf8)) == .repeatedName)
    #expect(reason(Array(#"{"a":1,"\u0061":2}"#.utf8)) == .repeatedName)
    #expect(reason(Array(#""\u0000""#.utf8)) == .badText)
    for bytes in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3]] as [[UInt8]] {
      #expect(reason([0x22] + bytes + [0x22]) == .badText)
    }
  }

  @Test("64 levels and no more") func depth() throws {
    func nested(_ levels: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: levels) + [UInt8](repeating: UInt8(ascii: "]"), count: levels)
    }
    _ = try JSONReader.read(nested(JSONReader.depthMax))
    #expect(throws: JSONError.self) { try JSONReader.read(nested(JSONReader.depthMax + 1)) }
    #expect(throws: JSONError.self) {
      try JSONReader.read([UInt8](repeating: UInt8(ascii: "["), count: 200_000))
    }
  }
}
