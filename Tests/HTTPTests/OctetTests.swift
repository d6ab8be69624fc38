import Testing

@testable import HTTP

@Suite("octets")
struct OctetTests {
  private static let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

  private func expectSet(_ members: String, _ contains: (UInt8) -> Bool) {
    let expected = Set(octets(members))
    for octet in UInt8.min...UInt8.max { #expect(contains(octet) == expected.contains(octet), "octet \(octet)") }
  }

  @Test("the sets are those of the RFCs")
  func sets() {
    expectSet(Self.alphanumeric + "!#$%&'*+-.^_`|~") { $0.isTokenCharacter }
    expectSet(Self.alphanumeric + "-._~!$&'()*+,;=:@/%") { $0.isPathCharacter }
    expectSet(Self.alphanumeric + "-._~!$&'()*+,;=:@/%?") { $0.isQueryCharacter }
    expectSet(Self.alphanumeric + "-._~!$&'()*+,;=%") { $0.isRegisteredNameCharacter }
    expectSet("0123456789") { $0.isDigit }
    expectSet(" \t") { $0.isWhitespace }
    expectSet(String(String.UnicodeScalarView((0...31).filter { $0 != 9 }.map(Unicode.Scalar.init))) + "\u{7F}") {
      $0.isForbiddenControl
    }
    expectSet("0123456789abcdefABCDEF") { $0.hexadecimalValue != nil }
  }

  @Test("lower case is that of ASCII")
  func lowercase() {
    for octet in UInt8.min...UInt8.max {
      let isCapital = (0x41...0x5A).contains(octet)
      #expect(octet.lowercasedASCII == (isCapital ? octet + 32 : octet))
    }
  }

  @Test(
    "decimal numbers stop at the greatest Int",
    arguments: [
      ("0", 0), ("007", 7), ("9223372036854775807", Int.max), ("9223372036854775806", Int.max - 1),
      ("9223372036854775808", Int.max),
      ("18446744073709551617", Int.max), ("99999999999999999999999999999999999999990", Int.max), ("", nil), ("-1", nil),
      ("+1", nil),
      ("1 ", nil), ("1a", nil), ("0x1", nil),
    ])
  func decimal(text: String, value: Int?) {
    #expect(octets(text).span.decimal(in: 0..<text.utf8.count) == value)
  }
}
