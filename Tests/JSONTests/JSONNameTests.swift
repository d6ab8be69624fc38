import JSON
import Testing

/// Names are sequences of code points (RFC 8259 section 8.3), although Swift takes `ä` and `a` with dots for equal.
@Suite struct JSONNameTests {
  private static let whole = "{\"K\u{E4}uzli\":1,\"Ka\u{308}uzli\":2}"

  @Test("two names that only look alike are two names") func lookAlike() throws {
    let value = try JSONReader.read(Array(Self.whole.utf8))
    guard case .object(let members) = value else { throw NoObject() }
    #expect(members.map { Array($0.name.utf8) } == [Array("K\u{E4}uzli".utf8), Array("Ka\u{308}uzli".utf8)])
  }

  @Test("one name in two spellings of its escapes is one name") func escapes() {
    for text in [#"{"a":1,"\u0061":2}"#, #"{"🦉":1,"\ud83e\udd89":2}"#, #"{"/":1,"\/":2}"#] {
      #expect(throws: JSONError.self) { try JSONReader.read(Array(text.utf8)) }
    }
  }

  private struct NoObject: Error {}
}
