/// Writes whole responses, head and body, to the end of a buffer. It alone decides the framing: Content-Length, once,
/// or none where the status forbids a body (RFC 9112 section 6).
package enum ResponseWriter {
  /// Appends `response`.
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
    let hasBody = !response.status.forbidsBody
    precondition(hasBody || response.body.isEmpty, "this status forbids a body")

    buffer.reserveCapacity(buffer.count + headBytesTypical + response.body.count)
    appendStatusLine(response.status, to: &buffer)
    append("Date: ", to: &buffer)
    buffer.append(contentsOf: date.bytes)
    append("\r\n", to: &buffer)
    for field in response.headers.fields {
      appendField(field.name.text, field.value.text, to: &buffer)
    }
    if hasBody { appendField("Content-Length", String(response.body.count), to: &buffer) }
    switch (keepAlive, version) {
    case (true, .http11): break
    case (true, .http10): appendField("Connection", "keep-alive", to: &buffer)
    case (false, _): appendField("Connection", "close", to: &buffer)
    }
    append("\r\n", to: &buffer)
    if hasBody, method != .head { buffer.append(contentsOf: response.body) }
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
