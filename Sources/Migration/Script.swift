/// SQL that runs as a whole, several statements maybe.
package struct Script: Sendable {
  package let text: String

  package init(_ file: [UInt8]) { text = String(decoding: file, as: UTF8.self) }
}
