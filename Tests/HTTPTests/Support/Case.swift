@testable import HTTP

/// Bytes in, messages or a status out.
struct Case: Sendable, CustomStringConvertible {
  enum Outcome: Equatable, Sendable {
    /// All bytes are whole messages.
    case accepted
    /// The bytes end inside a message.
    case unfinished
    case refused(Int)
  }

  let name: String
  let bytes: [UInt8]
  /// "METHOD target body" of each complete request.
  let requests: [String]
  let outcome: Outcome

  var description: String { name }
}

/// One octet for each scalar, so that "\u{80}" is the octet 0x80.
func octets(_ text: String) -> [UInt8] { text.unicodeScalars.map { UInt8($0.value) } }

func accept(_ name: String, _ text: String, _ requests: String...) -> Case {
  Case(name: name, bytes: octets(text), requests: requests, outcome: .accepted)
}

func refuse(_ status: Int, _ name: String, _ text: String, after requests: String...) -> Case {
  Case(name: name, bytes: octets(text), requests: requests, outcome: .refused(status))
}

func unfinished(_ name: String, _ text: String, after requests: String...) -> Case {
  Case(name: name, bytes: octets(text), requests: requests, outcome: .unfinished)
}

/// A request with that first line, a Host and the given further lines.
func head(_ line: String, _ fields: String..., host: String? = "h") -> String {
  let lines = [line] + (host.map { ["Host: \($0)"] } ?? []) + fields
  return lines.map { $0 + "\r\n" }.joined() + "\r\n"
}
