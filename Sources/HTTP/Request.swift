/// One complete request, checked and decoded. It holds the bytes of its head and makes text of them on demand.
package struct Request: Sendable {
  package let method: Method
  package let version: Version
  package let headers: Headers
  /// The message body, without any transfer coding.
  package internal(set) var body: [UInt8]
  /// Whether the client lets the connection stay open (RFC 9112 section 9.3).
  package let wantsKeepAlive: Bool

  private let target: RequestTarget
  private let hostPlace: Range<Int>?

  init(line: RequestLine, headers: Headers, controls: HeadControls) {
    method = line.method
    version = line.version
    target = line.target
    self.headers = headers
    hostPlace = controls.host
    wantsKeepAlive = controls.wantsKeepAlive
    body = []
  }

  /// The decoded segments of the path: `/` is `[""]`, `/a/` is `["a", ""]`, `//a` is `["", "a"]`, `*` is `[]`.
  ///
  /// They were split before they were decoded, so a segment may hold a "/". A `.` or `..` segment is kept as it is:
  /// no route and no file has such a name.
  package var path: [String] { target.path }

  package var query: Query { target.query }

  /// The path as sent, without the query.
  package var rawPath: String { target.rawPath.isEmpty ? (path.isEmpty ? "*" : "/") : text(target.rawPath) }

  /// The query as sent, without its "?"; nil when there was none.
  package var rawQuery: String? { target.rawQuery.map(text) }

  /// Host and port: those of an absolute target, else the Host field. Nil only in HTTP/1.0.
  package var authority: String? { (target.authority ?? hostPlace).map(text) }

  private func text(_ place: Range<Int>) -> String {
    String(decoding: headers.head[place], as: UTF8.self)
  }
}
