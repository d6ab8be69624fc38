import Testing

@testable import HTTP

@Suite("request")
struct RequestTests {
  private func request(_ text: String) -> Request? {
    var parser = RequestParser()
    guard case .request(let request) = parser.receive(octets(text).span).event else { return nil }
    return request
  }

  @Test(
    "path segments are split, then decoded once",
    arguments: [
      ("/", [""]), ("/a", ["a"]), ("/a/", ["a", ""]), ("//a", ["", "a"]), ("/a//b", ["a", "", "b"]), ("//", ["", ""]),
      ("/a%2Fb/c", ["a/b", "c"]), ("/%2e%2e/x", ["..", "x"]), ("/./..", [".", ".."]), ("/a%252Fb", ["a%2Fb"]),
      ("/%41%7a", ["Az"]), ("/%E2%82%AC", ["€"]), ("/%F0%9F%98%80", ["😀"]), ("/a+b", ["a+b"]), ("/%25", ["%"]),
      ("/competitors/A%2FB%20Co/trend", ["competitors", "A/B Co", "trend"]), ("/a;b=c", ["a;b=c"]),
      ("/%01", ["\u{01}"]),
      ("http://h", [""]), ("http://h/", [""]), ("http://h/a", ["a"]), ("/e%CC%81", ["e\u{301}"]),
      ("/%c3%a9", ["\u{E9}"]),
    ])
  func path(target: String, segments: [String]) {
    let path = request(head("GET \(target) HTTP/1.1"))?.path
    #expect(path?.map { Array($0.utf8) } == segments.map { Array($0.utf8) })
  }

  @Test("the whole server has no path")
  func asterisk() {
    #expect(request(head("OPTIONS * HTTP/1.1"))?.path == [])
    #expect(request(head("OPTIONS /* HTTP/1.1"))?.path == ["*"])
  }

  @Test(
    "query parameters",
    arguments: [
      ("/", []), ("/?", []), ("/?a=b", [("a", "b")]), ("/?a", [("a", "")]), ("/?a=", [("a", "")]),
      ("/?=b", [("", "b")]),
      ("/?a=b&a=c", [("a", "b"), ("a", "c")]), ("/?&&a=b&", [("a", "b")]), ("/?a=b=c", [("a", "b=c")]),
      ("/?a+b=c+d", [("a b", "c d")]), ("/?a=%2B%20%26%3D", [("a", "+ &=")]), ("/?%61=%62", [("a", "b")]),
      ("/?a=%E2%82%AC&b=2", [("a", "€"), ("b", "2")]), ("/?a=b;c=d", [("a", "b;c=d")]), ("/?a?=/", [("a?", "/")]),
      ("/?collectors=openai,gemini", [("collectors", "openai,gemini")]), ("/?=", [("", "")]),
    ])
  func query(target: String, parameters: [(String, String)]) {
    let query = request(head("GET \(target) HTTP/1.1"))?.query
    #expect(query?.parameters == parameters.map { Query.Parameter(name: $0, value: $1) })
  }

  @Test("query lookup gives the first, values all")
  func queryLookup() {
    let query = request(head("GET /?a=1&b=2&a=3 HTTP/1.1"))?.query
    #expect(query?["a"] == "1")
    #expect(query?["c"] == nil)
    #expect(query?.values("a") == ["1", "3"])
  }

  @Test("every octet as an escape, in both cases of its digits")
  func everyEscape() {
    for octet in 0...255 {
      let digits = (octet < 16 ? "0" : "") + String(octet, radix: 16)
      for escape in ["%" + digits, "%" + digits.uppercased()] {
        let path = request(head("GET /\(escape) HTTP/1.1"))?.path
        let query = request(head("GET /?\(escape) HTTP/1.1"))?.query.parameters.first?.name
        let expected = (1...127).contains(octet) ? String(Unicode.Scalar(UInt8(octet))) : nil
        #expect(path?.first == expected)
        #expect(query == expected)
      }
    }
  }

  @Test("header lookup ignores case, joins repeated fields and repairs text")
  func headers() {
    let request = request(
      head(
        "GET / HTTP/1.1", "X-User-Id: u1", "Empty:", "Utf8: \u{C3}\u{A9}", "Broken: a\u{FF}b", "List: a", "list:\tb ",
        "LIST:"))
    #expect(request?.headers["x-user-id"] == "u1")
    #expect(request?.headers["X-USER-ID"] == "u1")
    #expect(request?.headers["x-user-i"] == nil)
    #expect(request?.headers["empty"] == "")
    #expect(request?.headers["utf8"] == "é")
    #expect(request?.headers["broken"] == "a\u{FFFD}b")
    #expect(request?.headers.bytes("broken") == [0x61, 0xFF, 0x62])
    #expect(request?.headers["list"] == "a, b, ")
    #expect(request?.headers.bytes("list") == octets("a, b, "))
    #expect(request?.headers.bytes("none") == nil)
    #expect(request?.headers.count == 8)
  }

  @Test("trailers never become headers")
  func trailers() {
    let request = request(Case.chunked("0\r\nX-User-Id: evil\r\n\r\n"))
    #expect(request != nil)
    #expect(request?.headers["x-user-id"] == nil)
  }

  @Test(
    "raw path and query",
    arguments: [
      ("/a%2Fb?c=%41", "/a%2Fb", "c=%41"), ("/a", "/a", nil), ("/a?", "/a", ""), ("http://h?x", "/", "x"),
      ("http://h/y", "/y", nil),
    ])
  func raw(target: String, path: String, query: String?) {
    #expect(request(head("GET \(target) HTTP/1.1"))?.rawPath == path)
    #expect(request(head("GET \(target) HTTP/1.1"))?.rawQuery == query)
  }

  @Test("authority: an absolute target beats Host")
  func authority() {
    #expect(request(head("GET / HTTP/1.1", host: "h:80"))?.authority == "h:80")
    #expect(request(head("GET http://other:81/ HTTP/1.1"))?.authority == "other:81")
    #expect(request(head("OPTIONS http://other HTTP/1.1"))?.authority == "other")
    #expect(request(head("GET / HTTP/1.0", host: nil))?.authority == nil)
    #expect(request(head("GET / HTTP/1.0", host: nil)) != nil)
  }

  @Test(
    "keep-alive",
    arguments: [
      ("1.1", [], true), ("1.1", ["close"], false), ("1.1", ["Close"], false), ("1.1", ["keep-alive"], true),
      ("1.1", ["keep-alive, close"], false), ("1.1", ["close, keep-alive"], false), ("1.1", ["a, close ,b"], false),
      ("1.1", ["a", "close"], false), ("1.1", ["closed"], true), ("1.1", ["\"close\""], true), ("1.0", [], false),
      ("1.0", ["keep-alive"], true), ("1.0", ["Keep-Alive"], true), ("1.0", ["keep-alive, close"], false),
      ("1.0", ["close", "keep-alive"], false), ("1.0", ["x"], false), ("1.2", [], true),
    ])
  func keepAlive(version: String, options: [String], expected: Bool) {
    let fields = options.map { "Connection: \($0)\r\n" }.joined()
    #expect(request("GET / HTTP/\(version)\r\nHost: h\r\n\(fields)\r\n")?.wantsKeepAlive == expected)
  }

  @Test("the version is told")
  func version() {
    #expect(request(head("GET / HTTP/1.0"))?.version == .http10)
    #expect(request(head("GET / HTTP/1.1"))?.version == .http11)
    #expect(request(head("GET / HTTP/1.7"))?.version == .http11)
  }

  @Test(
    "an accepted request, written out and parsed again, is the same", arguments: [UInt64.random(in: 0...UInt64.max)])
  func roundTrip(seed: UInt64) {
    var mutator = Mutator(corpus: Case.mutable, seed: seed)
    var count = 0
    for _ in 0..<20_000 {
      let bytes = mutator.next()
      var parser = RequestParser()
      guard case .request(let request) = parser.receive(bytes.span).event else { continue }
      count += 1
      let written = Self.write(request)
      let first = replay(written)
      #expect(first.outcome == .accepted && first.messages.count == 1, "seed \(seed)")
      guard let again = self.request(String(String.UnicodeScalarView(written.map(Unicode.Scalar.init)))) else {
        Issue.record("seed \(seed): refused \(String(decoding: written, as: UTF8.self).debugDescription)")
        return
      }
      #expect(again.method == request.method && again.path == request.path && again.query == request.query)
      #expect(again.body == request.body && again.wantsKeepAlive == request.wantsKeepAlive)
      #expect(
        again.version == request.version && again.rawPath == request.rawPath && again.rawQuery == request.rawQuery)
      for line in request.headers.lines {
        let name = String(decoding: request.headers.head[line.name], as: UTF8.self)
        guard name.lowercased() != "transfer-encoding", name.lowercased() != "content-length" else { continue }
        #expect(again.headers.bytes(name) == request.headers.bytes(name))
      }
    }
    #expect(count > 1_000)
  }

  private static func write(_ request: Request) -> [UInt8] {
    let version = request.version == .http10 ? "HTTP/1.0" : "HTTP/1.1"
    let query = request.rawQuery.map { "?" + $0 } ?? ""
    var bytes = octets("\(request.method.rawValue) \(request.rawPath)\(query) \(version)\r\n")
    for line in request.headers.lines {
      let name = Array(request.headers.head[line.name])
      let text = String(decoding: name, as: UTF8.self).lowercased()
      if text == "transfer-encoding" || text == "content-length" { continue }
      bytes += name + octets(": ") + request.headers.head[line.value] + octets("\r\n")
    }
    if !request.body.isEmpty { bytes += octets("Content-Length: \(request.body.count)\r\n") }
    return bytes + octets("\r\n") + request.body
  }
}
