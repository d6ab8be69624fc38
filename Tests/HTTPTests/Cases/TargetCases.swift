extension Case {
  static let target: [Case] =
    [
      accept("path and query", head("GET /a/b?c=d&e HTTP/1.1"), "GET /a/b?c=d&e"),
      accept("empty query", head("GET /a? HTTP/1.1"), "GET /a?"),
      accept("query with question marks", head("GET /a??b=? HTTP/1.1"), "GET /a??b=?"),
      accept("slash and colon in the query", head("GET /?u=http://x/y HTTP/1.1"), "GET /?u=http://x/y"),
      accept("every path character", head("GET /-._~!$&'()*+,;=:@aZ9 HTTP/1.1"), "GET /-._~!$&'()*+,;=:@aZ9"),
      accept("dot segments are kept", head("GET /a/../b/./c HTTP/1.1"), "GET /a/../b/./c"),
      accept("double slash is kept", head("GET //a HTTP/1.1"), "GET //a"),
      accept("encoded slash", head("GET /a%2Fb HTTP/1.1"), "GET /a%2Fb"),
      accept("encoded percent", head("GET /a%252Fb HTTP/1.1"), "GET /a%252Fb"),
      accept("encoded UTF-8", head("GET /%E2%82%AC?x=%f0%9f%98%80 HTTP/1.1"), "GET /%E2%82%AC?x=%f0%9f%98%80"),
      accept("encoded control but NUL", head("GET /%0D%0A HTTP/1.1"), "GET /%0D%0A"),
      accept("absolute-form", head("GET http://other/a?b HTTP/1.1"), "GET /a?b"),
      accept("absolute-form, port", head("GET http://other:8080/ HTTP/1.1"), "GET /"),
      accept("absolute-form, empty port", head("GET http://other:/ HTTP/1.1"), "GET /"),
      accept("absolute-form, no path", head("GET http://other HTTP/1.1"), "GET /"),
      accept("absolute-form, no path but query", head("GET http://other?q=1 HTTP/1.1"), "GET /?q=1"),
      accept("absolute-form, https", head("GET https://other/ HTTP/1.1"), "GET /"),
      accept("absolute-form, scheme in capitals", head("GET HTTP://other/ HTTP/1.1"), "GET /"),
      accept("absolute-form, IPv6", head("GET http://[::1]:80/x HTTP/1.1"), "GET /x"),
      accept("absolute-form of the whole server", head("OPTIONS http://other HTTP/1.1"), "OPTIONS *"),
      accept("absolute-form in 1.0", head("GET http://other/ HTTP/1.0", host: nil), "GET /"),
      refuse(400, "asterisk for GET", head("GET * HTTP/1.1")),
      refuse(400, "asterisk and more", head("OPTIONS ** HTTP/1.1")),
      refuse(400, "asterisk with query", head("OPTIONS *?a HTTP/1.1")),
      refuse(400, "authority-form for GET", head("GET h:80 HTTP/1.1")),
      refuse(400, "relative path", head("GET a/b HTTP/1.1")),
      refuse(400, "query alone", head("GET ?a=b HTTP/1.1")),
      refuse(400, "backslash first", head("GET \\a HTTP/1.1")),
      refuse(400, "fragment", head("GET /a#b HTTP/1.1")),
      refuse(400, "fragment in the query", head("GET /?a#b HTTP/1.1")),
      refuse(400, "absolute-form, ftp", head("GET ftp://other/ HTTP/1.1")),
      refuse(400, "absolute-form, one slash", head("GET http:/other/ HTTP/1.1")),
      refuse(400, "absolute-form, empty host", head("GET http:///a HTTP/1.1")),
      refuse(400, "absolute-form, nothing", head("GET http:// HTTP/1.1")),
      refuse(400, "absolute-form, user", head("GET http://user@other/ HTTP/1.1")),
      refuse(400, "absolute-form, user and password", head("GET http://u:p@other/ HTTP/1.1")),
      refuse(400, "absolute-form, bad port", head("GET http://other:8x/ HTTP/1.1")),
      refuse(400, "absolute-form, port out of range", head("GET http://other:65536/ HTTP/1.1")),
      refuse(400, "absolute-form, fragment", head("GET http://other#a HTTP/1.1")),
      refuse(400, "absolute-form without Host field", head("GET http://other/ HTTP/1.1", host: nil)),
      refuse(400, "percent alone", head("GET /% HTTP/1.1")),
      refuse(400, "percent and one digit", head("GET /%4 HTTP/1.1")),
      refuse(400, "percent before a slash", head("GET /%4/1 HTTP/1.1")),
      refuse(400, "percent and letters", head("GET /%zz HTTP/1.1")),
      refuse(400, "percent and sign", head("GET /%+1 HTTP/1.1")),
      refuse(400, "percent in the query", head("GET /?a=% HTTP/1.1")),
      refuse(400, "percent split by an ampersand", head("GET /?a=%4&1 HTTP/1.1")),
      refuse(400, "percent split by an equals sign", head("GET /?%4=1 HTTP/1.1")),
      refuse(400, "encoded NUL", head("GET /%00 HTTP/1.1")),
      refuse(400, "encoded NUL in the query", head("GET /?a=%00 HTTP/1.1")),
      refuse(400, "encoded NUL in a parameter's name", head("GET /?%00 HTTP/1.1")),
      refuse(400, "encoded lone continuation", head("GET /%80 HTTP/1.1")),
      refuse(400, "encoded overlong slash", head("GET /%C0%AF HTTP/1.1")),
      refuse(400, "encoded surrogate", head("GET /%ED%A0%80 HTTP/1.1")),
      refuse(400, "encoded half of a scalar", head("GET /%E2%82 HTTP/1.1")),
      refuse(400, "scalar split over segments", head("GET /%E2/%82%AC HTTP/1.1")),
      refuse(400, "encoded beyond U+10FFFF", head("GET /%F4%90%80%80 HTTP/1.1")),
      refuse(400, "raw UTF-8 in the path", head("GET /\u{C3}\u{A9} HTTP/1.1")),
      refuse(400, "raw octet in the query", head("GET /?\u{FF} HTTP/1.1")),
    ]
    + octetsRefused(in: "path", beside: "/-._~!$&'()*+,;=:@%?") { "GET /\($0) HTTP/1.1" }
    + octetsRefused(in: "query", beside: "/-._~!$&'()*+,;=:@%?") { "GET /?\($0) HTTP/1.1" }

  /// Each octet that is no letter, digit or one of `allowed`, in one place.
  private static func octetsRefused(in place: String, beside allowed: String, _ line: (String) -> String) -> [Case] {
    (0...255).compactMap { octet in
      let scalar = Unicode.Scalar(UInt8(octet))
      let isAlphanumeric = "0"..."9" ~= scalar || "a"..."z" ~= scalar || "A"..."Z" ~= scalar
      if isAlphanumeric || allowed.unicodeScalars.contains(scalar) { return nil }
      return refuse(400, "octet \(octet) in a \(place)", head(line("x\(scalar)y")))
    }
  }
}
