/// Whom the requests go to: the base of a URL.
package struct Target: Sendable, Equatable {
  package static let urlBytesMax = 2_000

  /// A name or a numeric address, without brackets.
  package let host: String
  package let port: UInt16
  /// Without a slash at its end.
  let basePath: String

  package struct Invalid: Error, CustomStringConvertible {
    package let description: String
  }

  package init(url: String) throws(Invalid) {
    func invalid(_ what: String) -> Invalid { Invalid(description: "--url takes http://host:port, and \(what)") }
    guard url.utf8.count <= Self.urlBytesMax, Self.isPlain(url) else {
      throw invalid("it has a character that belongs percent-encoded, or is too long")
    }
    guard url.lowercased().hasPrefix("http://") else {
      throw invalid(
        url.lowercased().hasPrefix("https://") ? "not https: test behind what ends TLS" : "it begins with http://")
    }
    let rest = url.dropFirst("http://".count)
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    let authority = rest[..<slash]
    var path = rest[slash...]
    while path.last == "/" { path.removeLast() }
    guard !path.contains("?"), !path.contains("#"), !authority.contains(where: { "?#@".contains($0) }) else {
      throw invalid("it has no query, no fragment and no user")
    }
    let name: Substring
    let number: Substring
    if authority.first == "[" {
      guard let bracket = authority.firstIndex(of: "]") else { throw invalid("\"[\" needs \"]\"") }
      name = authority[authority.index(after: authority.startIndex)..<bracket]
      number = authority[authority.index(after: bracket)...]
    } else {
      let colon = authority.firstIndex(of: ":") ?? authority.endIndex
      (name, number) = (authority[..<colon], authority[colon...])
    }
    guard !name.isEmpty else { throw invalid("the host is missing") }
    guard number.isEmpty || number.first == ":", let port = number.count < 2 ? 80 : UInt16(number.dropFirst()), port > 0
    else { throw invalid("a port is a number from 1 to 65535") }
    (host, self.port, basePath) = (String(name), port, String(path))
  }

  /// Whether only this machine is meant.
  package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

  /// What is printed of it.
  package var url: String { "http://\(authority)\(basePath)" }

  private var authority: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// A path that goes into a request as it stands: visible ASCII.
  package static func isPath(_ path: String) -> Bool {
    path.hasPrefix("/") && path.utf8.count <= urlBytesMax && isPlain(path) && !path.contains("#")
  }

  private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }

  /// The bytes of a GET request.
  /// - Parameter fields: more fields of the head, each with its line end.
  package func request(_ path: String, fields: String = "") -> [UInt8] {
    Array(
      "GET \(basePath)\(path) HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: switchyard-loadtest\r\n\(fields)\r\n".utf8)
  }
}
