/// An answer before it is framed: `ResponseWriter` adds framing, date and connection.
package struct Response {
  package enum Body {
    case bytes([UInt8])
    /// Written over time, after the head. Its length is not known, so it has no Content-Length.
    case stream(BodyProducer)
  }

  package var status: Status
  package var headers: ResponseHeaders
  package var body: Body

  package init(_ status: Status, headers: ResponseHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = .bytes(body)
  }

  /// - Parameter stream: not run for HEAD. What can still be answered with another status is done before.
  package init(_ status: Status, headers: ResponseHeaders = [:], stream: @escaping BodyProducer) {
    self.status = status
    self.headers = headers
    body = .stream(stream)
  }

  /// Whether the client sees its end while the connection stays open (RFC 9112 section 6.3).
  /// - Parameters:
  ///   - method: of the request; nil when it could not be read.
  ///   - version: of the request.
  package func isDelimited(method: Method?, version: Version) -> Bool {
    guard case .stream = body else { return true }
    return version == .http11 || method == .head
  }
}
