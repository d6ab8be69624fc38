extension Case {
  static let field: [Case] =
    [
      accept("value without white space", head("GET / HTTP/1.1", "A:b"), "GET /"),
      accept("value within white space", head("GET / HTTP/1.1", "A: \t b c\t "), "GET /"),
      accept("empty value", head("GET / HTTP/1.1", "A:"), "GET /"),
      accept("value of white space", head("GET / HTTP/1.1", "A:  \t"), "GET /"),
      accept("value with a colon", head("GET / HTTP/1.1", "A: b:c"), "GET /"),
      accept("value that begins with a colon", head("GET / HTTP/1.1", "A::"), "GET /"),
      accept("value with obs-text", head("GET / HTTP/1.1", "A: \u{80}\u{FF}"), "GET /"),
      accept("name of every token sign", head("GET / HTTP/1.1", "!#$%&'*+-.^_`|~09azAZ: b"), "GET /"),
      accept("name in capitals", head("GET / HTTP/1.1", "HOST: h", host: nil), "GET /"),
      accept("one name many times", head("GET / HTTP/1.1", "A: 1", "a: 2", "A: 3"), "GET /"),
      accept("Host after other fields", head("GET / HTTP/1.1", "A: 1", "Host: h", host: nil), "GET /"),
      refuse(400, "line without colon", head("GET / HTTP/1.1", "A")),
      refuse(400, "colon alone", head("GET / HTTP/1.1", ":")),
      refuse(400, "empty name", head("GET / HTTP/1.1", ": b")),
      refuse(400, "space in the name", head("GET / HTTP/1.1", "A B: c")),
      refuse(400, "tab before the colon", head("GET / HTTP/1.1", "A\t: b")),
      refuse(400, "folded value", head("GET / HTTP/1.1", "A: b", " c")),
      refuse(400, "folded value, tab", head("GET / HTTP/1.1", "A: b", "\tc")),
      refuse(400, "folded empty line", head("GET / HTTP/1.1", "A: b", " ")),
      refuse(400, "white space before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
      refuse(400, "bare LF in the head", "GET / HTTP/1.1\r\nHost: h\nA: b\r\n\r\n"),
      refuse(400, "bare LF ends the head", "GET / HTTP/1.1\r\nHost: h\r\n\n"),
      refuse(400, "bare CR in a value", head("GET / HTTP/1.1", "A: b\rc")),
      refuse(400, "bare CR ends the head", "GET / HTTP/1.1\r\nHost: h\r\n\rX"),
      refuse(400, "two CR before LF", "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n"),
      refuse(400, "NUL in a value", head("GET / HTTP/1.1", "A: b\0c")),
      refuse(400, "NUL at the end of a value", head("GET / HTTP/1.1", "A: b\0")),
    ]
    + host + connection
    + (0...255).compactMap { octet in
      let scalar = Unicode.Scalar(UInt8(octet))
      let isToken =
        "0"..."9" ~= scalar || "a"..."z" ~= scalar || "A"..."Z" ~= scalar
        || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
      // A colon ends the name earlier, which is fine.
      if isToken || scalar == ":" { return nil }
      return refuse(400, "octet \(octet) in a name", head("GET / HTTP/1.1", "A\(scalar)B: c"))
    }
    + (0...255).map { octet in
      let text = head("GET / HTTP/1.1", "A: b\(Unicode.Scalar(UInt8(octet)))c")
      let isControl = (octet < 32 && octet != 9) || octet == 127
      return isControl
        ? refuse(400, "octet \(octet) in a value", text) : accept("octet \(octet) in a value", text, "GET /")
    }

  private static let host: [Case] = [
    accept("Host with port", head("GET / HTTP/1.1", host: "h:80"), "GET /"),
    accept("Host with empty port", head("GET / HTTP/1.1", host: "h:"), "GET /"),
    accept("Host with port 65535", head("GET / HTTP/1.1", host: "h:65535"), "GET /"),
    accept("Host IPv4", head("GET / HTTP/1.1", host: "127.0.0.1:8080"), "GET /"),
    accept("Host with escape", head("GET / HTTP/1.1", host: "a%2db"), "GET /"),
    accept("Host with underscore", head("GET / HTTP/1.1", host: "a_b.c-d"), "GET /"),
    accept("Host IPv6 loopback", head("GET / HTTP/1.1", host: "[::1]"), "GET /"),
    accept("Host IPv6 any", head("GET / HTTP/1.1", host: "[::]:80"), "GET /"),
    accept("Host IPv6 full", head("GET / HTTP/1.1", host: "[1:22:333:4444:aaaa:BBBB:7:8]"), "GET /"),
    accept("Host IPv6 gap at the end", head("GET / HTTP/1.1", host: "[2001:db8::]"), "GET /"),
    accept("Host IPv6 with IPv4", head("GET / HTTP/1.1", host: "[::ffff:192.0.2.1]"), "GET /"),
    accept("Host IPv6 six groups and IPv4", head("GET / HTTP/1.1", host: "[1:2:3:4:5:6:255.0.0.9]"), "GET /"),
    refuse(400, "Host missing", head("GET / HTTP/1.1", host: nil)),
    refuse(400, "Host missing, other fields", head("GET / HTTP/1.1", "A: b", host: nil)),
    refuse(400, "Host twice", head("GET / HTTP/1.1", "Host: h")),
    refuse(400, "Host twice, different", head("GET / HTTP/1.1", "host: i")),
    refuse(400, "Host twice in 1.0", head("GET / HTTP/1.0", "Host: h")),
    refuse(400, "Host empty", head("GET / HTTP/1.1", host: "")),
    refuse(400, "Host list", head("GET / HTTP/1.1", host: "a, b")),
    refuse(400, "Host with space", head("GET / HTTP/1.1", host: "a b")),
    refuse(400, "Host with path", head("GET / HTTP/1.1", host: "a/b")),
    refuse(400, "Host with scheme", head("GET / HTTP/1.1", host: "http://a")),
    refuse(400, "Host with user", head("GET / HTTP/1.1", host: "u@a")),
    refuse(400, "Host with query", head("GET / HTTP/1.1", host: "a?b")),
    refuse(400, "Host with fragment", head("GET / HTTP/1.1", host: "a#b")),
    refuse(400, "Host with backslash", head("GET / HTTP/1.1", host: "a\\b")),
    refuse(400, "Host beyond ASCII", head("GET / HTTP/1.1", host: "\u{E9}")),
    refuse(400, "Host with half an escape", head("GET / HTTP/1.1", host: "a%2")),
    refuse(400, "Host with a bad escape", head("GET / HTTP/1.1", host: "a%2g")),
    refuse(400, "Host port alone", head("GET / HTTP/1.1", host: ":80")),
    refuse(400, "Host port not a number", head("GET / HTTP/1.1", host: "h:8a")),
    refuse(400, "Host port negative", head("GET / HTTP/1.1", host: "h:-1")),
    refuse(400, "Host port 65536", head("GET / HTTP/1.1", host: "h:65536")),
    refuse(400, "Host port beyond 64 bits", head("GET / HTTP/1.1", host: "h:99999999999999999999")),
    refuse(400, "Host two ports", head("GET / HTTP/1.1", host: "h:1:2")),
    refuse(400, "Host IPv6 without brackets", head("GET / HTTP/1.1", host: "::1")),
    refuse(400, "Host IPv6 not closed", head("GET / HTTP/1.1", host: "[::1")),
    refuse(400, "Host IPv6 empty", head("GET / HTTP/1.1", host: "[]")),
    refuse(400, "Host IPv6 one colon", head("GET / HTTP/1.1", host: "[:]")),
    refuse(400, "Host IPv6 colon first", head("GET / HTTP/1.1", host: "[:1::2]")),
    refuse(400, "Host IPv6 colon last", head("GET / HTTP/1.1", host: "[1::2:]")),
    refuse(400, "Host IPv6 three colons", head("GET / HTTP/1.1", host: "[:::]")),
    refuse(400, "Host IPv6 two gaps", head("GET / HTTP/1.1", host: "[1::2::3]")),
    refuse(400, "Host IPv6 seven groups", head("GET / HTTP/1.1", host: "[1:2:3:4:5:6:7]")),
    refuse(400, "Host IPv6 nine groups", head("GET / HTTP/1.1", host: "[1:2:3:4:5:6:7:8:9]")),
    refuse(400, "Host IPv6 eight groups and a gap", head("GET / HTTP/1.1", host: "[1:2:3:4::5:6:7:8]")),
    refuse(400, "Host IPv6 five digits", head("GET / HTTP/1.1", host: "[12345::]")),
    refuse(400, "Host IPv6 not hexadecimal", head("GET / HTTP/1.1", host: "[::g]")),
    refuse(400, "Host IPv6 IPv4 in front", head("GET / HTTP/1.1", host: "[1.2.3.4::]")),
    refuse(400, "Host IPv6 IPv4 with zero", head("GET / HTTP/1.1", host: "[::01.2.3.4]")),
    refuse(400, "Host IPv6 IPv4 out of range", head("GET / HTTP/1.1", host: "[::1.2.3.256]")),
    refuse(400, "Host IPv6 IPv4 of three", head("GET / HTTP/1.1", host: "[::1.2.3]")),
    refuse(400, "Host IPv6 IPv4 of five", head("GET / HTTP/1.1", host: "[::1.2.3.4.5]")),
    refuse(400, "Host IPv6 with zone", head("GET / HTTP/1.1", host: "[fe80::1%eth0]")),
    refuse(400, "Host IPvFuture", head("GET / HTTP/1.1", host: "[v1.x]")),
    refuse(400, "Host after brackets", head("GET / HTTP/1.1", host: "[::1]x")),
    refuse(400, "Host bad in 1.0", head("GET / HTTP/1.0", host: "a b")),
  ]

  private static let connection: [Case] = [
    accept("Connection close", head("GET / HTTP/1.1", "Connection: close"), "GET /"),
    accept("Connection list", head("GET / HTTP/1.1", "Connection: a, , Close ,b"), "GET /"),
    accept("Connection empty", head("GET / HTTP/1.1", "Connection:"), "GET /"),
    accept("Upgrade is ignored", head("GET / HTTP/1.1", "Connection: upgrade", "Upgrade: h2c"), "GET /"),
  ]
}
