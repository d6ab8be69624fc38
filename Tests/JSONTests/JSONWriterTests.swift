import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  @Test("every scalar up to U+00FF, and beyond, comes back from the reader") func strings() throws {
    for value in (1...0xFF).map({ $0 as UInt32 }) + [0x2028, 0xFFFD, 0x1F989, 0x10FFFF] {
      let text = "a\(Unicode.Scalar(value).map { String(Character($0)) } ?? "")b"
      var json = JSONWriter()
      json.string(text)
      let bytes = json.finish()
      #expect(!bytes.contains { $0 < 0x20 })
      #expect(try JSONReader.read(bytes) == .string(text))
    }
  }

  @Test("random values come back from the reader", arguments: 0..<200) func roundTrip(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let value = randomValue(depth: 5, &generator)
    var json = JSONWriter()
    write(value, to: &json)
    #expect(try JSONReader.read(json.finish()) == value, "seed \(seed)")
  }

  @Test("compacting leaves out white space between tokens only") func compacting() {
    var json = JSONWriter()
    json.beginArray()
    json.compacting(Array(#"{ "a b" : [ 1 , "x \" y\\" ] , "\\" : "\" " }"#.utf8).span)
    json.endArray()
    #expect(String(decoding: json.finish(), as: UTF8.self) == #"[{"a b":[1,"x \" y\\"],"\\":"\" "}]"#)
  }

  @Test("an encoded key is a key") func encodedKey() {
    var key = JSONWriter()
    key.key("a\"b")
    let encoded = key.finish()
    var json = JSONWriter()
    json.beginObject()
    for number in 0..<2 {
      json.key(encoded: encoded.span)
      json.integer(number)
    }
    json.endObject()
    #expect(String(decoding: json.finish(), as: UTF8.self) == #"{"a\"b":0,"a\"b":1}"#)
  }

  private func write(_ value: JSONValue, to json: inout JSONWriter) {
    switch value {
    case .null: json.null()
    case .boolean(let value): json.boolean(value)
    case .number(let text): json.verbatim(text)
    case .string(let text): json.string(text)
    case .array(let values):
      json.beginArray()
      for value in values { write(value, to: &json) }
      json.endArray()
    case .object(let members):
      json.beginObject()
      for member in members {
        json.key(member.name)
        write(member.value, to: &json)
      }
      json.endObject()
    }
  }

  private func randomValue(depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &generator) {
    case 0: .null
    case 1: .boolean(.random(using: &generator))
    case 2: .number(String(Int.random(in: -1_000_000...1_000_000, using: &generator)))
    case 3: .string(randomText(&generator))
    case 4:
      .array((0..<Int.random(in: 0..<5, using: &generator)).map { _ in randomValue(depth: depth - 1, &generator) })
    default:
      .object(
        (0..<Int.random(in: 0..<5, using: &generator)).map {
          .init(name: "\($0)\(randomText(&generator))", value: randomValue(depth: depth - 1, &generator))
        })
    }
  }

  private func randomText(_ generator: inout SeededGenerator) -> String {
    let pool = ["a", "\"", "\\", "\n", "\u{1}", "ä", "🦉", " ", "/", "e\u{301}"]
    return (0..<Int.random(in: 0..<8, using: &generator)).map { _ in pool.randomElement(using: &generator) ?? "" }
      .joined()
  }
}
