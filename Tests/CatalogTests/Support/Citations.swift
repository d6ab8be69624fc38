import TestSupport

/// Values of `collector_results.citations`, of every kind that the contract names.
enum Citations {
  /// Each is one authority in some dress.
  private static let urls = [
    "https://example.com/a", "http://EXAMPLE.com", "HTTPS://www.Example.COM/path?q=1#f", "https://www.www.example.com/",
    "https://www.example.com:8443/x", "http://example.com:80", "https://user@example.org/",
    "https://user:pass@example.org:81/",
    "https://a@b@c@example.net/x", "https://mail@www.example.net?x=@y", "https://[2001:DB8::1]/x",
    "https://[2001:db8::1]:443/",
    "https://u@[::1]", "ftp://files.example.com", "chrome-extension://ABCdef/x", "a+b.c-1://odd.example",
    "https://müller.example/",
    "https://MÜLLER.example/", "https://Ünicode.example", "https://example.com?x#y", "https://example.com#only",
    "https://wwwexample.com", "https://www.", "https://www.:80/", "https://:80/", "https://@", "https://user@/x",
    "https:///path",
    "https://", "://example.com", "//example.com/x", "example.com", "www.example.com", " https://example.com/",
    "\thttps://example.com",
    "mailto:a@example.com", "1http://example.com", "ht tp://example.com", "https:/example.com", "https:example.com", "",
    "https://example.com ", "https://exa mple.com/x", "https://example.com\\x/y", "https://10.0.0.1:8080/", "https://x",
    "https://user@www.www.deep.example:9/", "https://example.com:80:90/", "https://example.com/https://other.example/",
    "see https://example.com", "https://e.example/@x:1", "https://e.example?u=a@b:9",
  ]

  static func make(_ generator: inout SeededGenerator) -> JSONShape {
    switch generator.below(12) {
    case 0:
      generator.pick([
        .object([("url", .string("https://object.example"))]), .string("https://string.example"), .literal("7"),
        .literal("null"), .literal("true"),
      ])
    case 1: .array([])
    default: .array((0..<generator.within(1...7)).map { _ in entry(&generator) })
    }
  }

  private static func entry(_ generator: inout SeededGenerator) -> JSONShape {
    let url = JSONShape.string(generator.pick(urls))
    return switch generator.below(12) {
    case 0: .array([url])
    case 1: generator.pick([.literal("1"), .literal("null"), .literal("false"), .literal("-1.5e3")])
    case 2:
      .object([("url", generator.pick([.literal("null"), .literal("5"), .array([url]), .object([("url", url)])]))])
    case 3: .object([("URL", url), ("title", .string("https://title.example")), ("link", url)])
    case 4, 5, 6, 7: url
    default: .object([("title", .string("t \"x\"")), ("url", url)])
    }
  }
}
