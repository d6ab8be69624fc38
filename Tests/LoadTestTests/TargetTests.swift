import Testing

@testable import LoadTest

@Suite struct TargetTests {
  @Test(
    "a base URL is a host, a port and a path",
    arguments: [
      ("http://127.0.0.1:8080", "127.0.0.1", 8080, "", "127.0.0.1:8080", true),
      ("HTTP://localhost", "localhost", 80, "", "localhost:80", true),
      ("http://h:1/", "h", 1, "", "h:1", false), ("http://h/a/b/", "h", 80, "/a/b", "h:80", false),
      ("http://[::1]:65535/x", "::1", 65535, "/x", "[::1]:65535", true),
      ("http://[fe80::1]", "fe80::1", 80, "", "[fe80::1]:80", false), ("http://h:", "h", 80, "", "h:80", false),
    ] as [(String, String, UInt16, String, String, Bool)])
  func valid(_ url: String, _ host: String, _ port: UInt16, _ base: String, _ authority: String, _ isNear: Bool) throws
  {
    let target = try Target(url: url)
    #expect(target.host == host && target.port == port && target.isLoopback == isNear)
    #expect(target.url == "http://\(authority)\(base)")
    #expect(
      String(decoding: target.request("/p?q=1", fields: "A: b\r\n"), as: UTF8.self)
        == "GET \(base)/p?q=1 HTTP/1.1\r\nHost: \(authority)\r\nUser-Agent: switchyard-loadtest\r\nA: b\r\n\r\n")
  }

  @Test(
    "anything else is refused, and so is what would break out of the request's head",
    arguments: [
      "", "h:80", "https://h", "ftp://h", "http://", "http://:80", "http://h:0", "http://h:65536", "http://h:x",
      "http://h:-1", "http://u@h", "http://h?q", "http://h/#f", "http://[::1", "http://[::1]x", "http://h/a b",
      "http://h\r\nX: y", "http://h/\u{7F}", "http://ü", "http://" + String(repeating: "h", count: 2_000),
    ])
  func invalid(_ url: String) {
    let error = #expect(throws: Target.Invalid.self) { try Target(url: url) }
    #expect(error?.description.contains("--url") == true)
  }

  @Test("a path is visible ASCII that begins with a slash")
  func paths() {
    for path in ["/", "/a?b=c&d=%20", "//"] { #expect(Target.isPath(path)) }
    for path in ["", "a", "/a b", "/a\r\nX: y", "/é", "/#", "/" + String(repeating: "a", count: 2_000)] {
      #expect(!Target.isPath(path))
    }
  }
}
