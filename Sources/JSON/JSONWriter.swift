/// Appends JSON (RFC 8259) without white space to a buffer.
///
/// The caller keeps the order right: members of objects with `key`, values and elements with the rest. Commas
/// come by themselves.
package struct JSONWriter: ~Copyable {
  package private(set) var bytes: [UInt8] = []
  private var needsComma = false

  package init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  package consuming func finish() -> [UInt8] { bytes }

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  package mutating func key(_ name: String) {
    string(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A member's name that was encoded before, with its quotes and its colon.
  package mutating func key(encoded: Span<UInt8>) {
    separate()
    append(encoded)
    needsComma = false
  }

  package mutating func string(_ value: String) { string(value.utf8Span.span) }

  /// A string from its UTF-8 bytes.
  package mutating func string(_ utf8: Span<UInt8>) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(utf8)
    bytes.append(UInt8(ascii: "\""))
  }

  package mutating func string(_ value: String?) { if let value { string(value) } else { null() } }

  package mutating func integer(_ value: Int) { verbatim(String(value)) }

  package mutating func boolean(_ value: Bool) { verbatim(value ? "true" : "false") }

  package mutating func null() { verbatim("null") }

  /// A value that is JSON already.
  package mutating func verbatim(_ json: Span<UInt8>) {
    separate()
    append(json)
  }

  package mutating func verbatim(_ json: String) {
    separate()
    bytes.append(contentsOf: json.utf8)
  }

  /// A value that is JSON already, but may have white space between its tokens; that is omitted.
  package mutating func compacting(_ json: Span<UInt8>) {
    separate()
    var isInString = false
    var isEscaped = false
    for index in json.indices {
      let byte = json[index]
      if isInString {
        isInString = isEscaped || byte != UInt8(ascii: "\"")
        isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      } else {
        if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { continue }
        isInString = byte == UInt8(ascii: "\"")
      }
      bytes.append(byte)
    }
  }

  private mutating func open(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: UInt8) {
    bytes.append(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func append(_ text: Span<UInt8>) {
    bytes.append(addingCapacity: text.count) { output in
      for index in text.indices { output.append(text[index]) }
    }
  }

  private mutating func appendEscaped(_ utf8: Span<UInt8>) {
    var clean = 0
    for index in utf8.indices {
      let byte = utf8[index]
      guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
      append(utf8.extracting(clean..<index))
      clean = index + 1
      appendEscape(of: byte)
    }
    append(utf8.extracting(clean...))
  }

  private mutating func appendEscape(of byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
    case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
    case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
    default:
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(Self.hexDigits[Int(byte >> 4)])
      bytes.append(Self.hexDigits[Int(byte & 15)])
    }
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)
}
