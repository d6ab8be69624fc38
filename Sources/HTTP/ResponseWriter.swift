/// Writes responses, head and body, to the end of a buffer. It alone decides the framing (RFC 9112 section 6):
/// Content-Length, once, or none where the status forbids a body; for a stream chunks, or in HTTP/1.0 the close.
package enum ResponseWriter {
  /// Appends `response`; of a stream the head only.
  ///
  /// - Parameters:
  ///   - method: of the request; the answer to HEAD keeps the length of its body but not the body. Nil when the request
  ///     could not be read.
  ///   - version: of the request; HTTP/1.0 is told when the connection stays open.
  ///   - keepAlive: whether the connection stays open.
  package static func write(
    _ response: Response, method: Method?, version: Version, keepAlive: Bool, date: HTTPDate, into buffer: inout [UInt8]
  ) {
    precondition(response.status != .continue, "an interim response is written by writeContinue")
    precondition(
      !keepAlive || response.isDelimited(method: method, version: version), "only the close ends such a body")
    let bytes: [UInt8] = if case .bytes(let bytes) = response.body { bytes } else { [] }

    buffer.reserveCapacity(buffer.count + headBytesTypical + bytes.count)
    appendStatusLine(response.status, to: &buffer)
    append("Date: ", to: &buffer)
    buffer.append(contentsOf: date.bytes)
    append("\r\n", to: &buffer)
    for field in response.headers.fields {
      appendField(field.name.text, field.value.text, to: &buffer)
    }
    switch response.body {
    case .bytes(let bytes) where response.status.forbidsBody: precondition(bytes.isEmpty, "this status forbids a body")
    case .bytes(let bytes): appendField("Content-Length", String(bytes.count), to: &buffer)
    case .stream:
      precondition(!response.status.forbidsBody, "this status forbids a body")
      if version == .http11 { appendField("Transfer-Encoding", "chunked", to: &buffer) }
    }
    switch (keepAlive, version) {
    case (true, .http11): break
    case (true, .http10): appendField("Connection", "keep-alive", to: &buffer)
    case (false, _): appendField("Connection", "close", to: &buffer)
    }
    append("\r\n", to: &buffer)
    if method != .head { buffer.append(contentsOf: bytes) }
  }

  /// Appends a piece of a streamed body.
  package static func writePiece(_ bytes: [UInt8], version: Version, into buffer: inout [UInt8]) {
    precondition(!bytes.isEmpty, "an empty chunk would end the body")
    switch version {
    case .http11:
      append(String(bytes.count, radix: 16), to: &buffer)
      append("\r\n", to: &buffer)
      buffer.append(contentsOf: bytes)
      append("\r\n", to: &buffer)
    case .http10: buffer.append(contentsOf: bytes)
    }
  }

  /// Appends the end of a streamed body: nothing in HTTP/1.0, where the close is the end.
  package static func writeEnd(version: Version, into buffer: inout [UInt8]) {
    if version == .http11 { append("0\r\n\r\n", to: &buffer) }
  }

  /// Appends `100 Continue`, the answer to `RequestParser.Event.expectContinue`.
  package static func writeContinue(into buffer: inout [UInt8]) {
    appendStatusLine(.continue, to: &buffer)
    append("\r\n", to: &buffer)
  }

  private static func appendStatusLine(_ status: Status, to buffer: inout [UInt8]) {
    append("HTTP/1.1 ", to: &buffer)
    append(String(status.code), to: &buffer)
    append(" ", to: &buffer)
    append(status.reasonPhrase, to: &buffer)
    append("\r\n", to: &buffer)
  }

  private static func appendField(_ name: String, _ value: String, to buffer: inout [UInt8]) {
    append(name, to: &buffer)
    append(": ", to: &buffer)
    append(value, to: &buffer)
    append("\r\n", to: &buffer)
  }

  private static func append(_ text: String, to buffer: inout [UInt8]) {
    buffer.append(contentsOf: text.utf8)
  }

  private static let headBytesTypical = 512
}
