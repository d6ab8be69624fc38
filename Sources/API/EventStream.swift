import HTTP

/// Server-sent events (WHATWG HTML, section 9.2).
enum EventStream {
  static func response(_ produce: @escaping BodyProducer) -> Response {
    Response(.ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], stream: produce)
  }

  /// A comment: it shows both sides that the other one is there, and is no event.
  static let heartbeat = Array(":\n\n".utf8)

  /// How long the client waits before it connects again.
  static func retry(milliseconds: Int) -> [UInt8] { Array("retry: \(milliseconds)\n\n".utf8) }
}

/// One server-sent event.
struct ServerSentEvent {
  /// The value of a field, valid by construction: it is one line, and the client does not ignore it.
  struct Value: Equatable {
    let text: String

    /// Nil for text with a line end or NUL.
    init?(_ text: String) {
      guard !text.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
        return nil
      }
      self.text = text
    }

    init(_ number: Int) { text = String(number) }
  }

  /// Nil: "message" for the client.
  var name: Value?
  /// What the client gives as Last-Event-ID when it connects again; nil: as it was before.
  var id: Value?
  /// UTF-8. The client gets each of its line ends as LF.
  var data: [UInt8]

  init(_ name: Value? = nil, id: Value? = nil, data: [UInt8]) {
    self.name = name
    self.id = id
    self.data = data
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    if let name { bytes += "event: \(name.text)\n".utf8 }
    if let id { bytes += "id: \(id.text)\n".utf8 }
    bytes += Self.dataBegin
    var last: UInt8?
    for byte in data {
      switch byte {
      case UInt8(ascii: "\n") where last == UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        bytes.append(UInt8(ascii: "\n"))
        bytes += Self.dataBegin
      default: bytes.append(byte)
      }
      last = byte
    }
    bytes += "\n\n".utf8
    return bytes
  }

  private static let dataBegin = Array("data: ".utf8)
}

extension ServerSentEvent.Value: ExpressibleByStringLiteral {
  /// Traps on a literal that is no value.
  init(stringLiteral text: StaticString) {
    guard let value = ServerSentEvent.Value(text.description) else { preconditionFailure("a value is one line") }
    self = value
  }
}
