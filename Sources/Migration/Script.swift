/// SQL that runs as a whole, several statements maybe.
package struct Script: Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package init(_ file: [UInt8]) { self.init(String(decoding: file, as: UTF8.self)) }

  package static func + (one: Script, other: Script) -> Script { Script("\(one.text);\n\(other.text)") }
}
