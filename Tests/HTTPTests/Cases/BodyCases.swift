extension Case {
  static let fixedBody: [Case] =
    [
      accept("Content-Length 0", head("POST / HTTP/1.1", "Content-Length: 0"), "POST /"),
      accept("POST without length has no body", head("POST / HTTP/1.1"), "POST /"),
      accept("body", head("POST / HTTP/1.1", "Content-Length: 5") + "hello", "POST / hello"),
      accept("body of GET", head("GET / HTTP/1.1", "Content-Length: 2") + "hi", "GET / hi"),
      accept("body in 1.0", head("POST / HTTP/1.0", "Content-Length: 2", host: nil) + "hi", "POST / hi"),
      accept("body of any octets", head("PUT / HTTP/1.1", "Content-Length: 5") + "\r\n\0\n\r", "PUT / \r\n\0\n\r"),
      accept("leading zeros", head("POST / HTTP/1.1", "Content-Length: 0005") + "hello", "POST / hello"),
      accept(
        "white space around the length", head("POST / HTTP/1.1", "content-LENGTH:\t 5 \t") + "hello", "POST / hello"),
      accept(
        "request after a body", head("POST / HTTP/1.1", "Content-Length: 5") + "hello" + head("GET /b HTTP/1.1"),
        "POST / hello", "GET /b"),
      accept(
        "body like a request", head("POST / HTTP/1.1", "Content-Length: 18") + "GET / HTTP/1.1\r\n\r\n",
        "POST / GET / HTTP/1.1\r\n\r\n"),
      refuse(
        400, "garbage after a body", head("POST / HTTP/1.1", "Content-Length: 5") + "hello?? \r\n",
        after: "POST / hello"),
      refuse(413, "length one over the limit", head("POST / HTTP/1.1", "Content-Length: 1048577")),
      refuse(413, "length of 2^63", head("POST / HTTP/1.1", "Content-Length: 9223372036854775808")),
      refuse(413, "length of 2^64", head("POST / HTTP/1.1", "Content-Length: 18446744073709551616")),
      refuse(413, "length of 2^64 and 5", head("POST / HTTP/1.1", "Content-Length: 18446744073709551621") + "hello"),
      refuse(
        413, "length of 40 digits", head("POST / HTTP/1.1", "Content-Length: " + String(repeating: "9", count: 40))),
      refuse(400, "two equal lengths", head("POST / HTTP/1.1", "Content-Length: 5", "Content-Length: 5") + "hello"),
      refuse(400, "two lengths", head("POST / HTTP/1.1", "Content-Length: 5", "Content-Length: 6") + "hello"),
      refuse(400, "two lengths, case", head("POST / HTTP/1.1", "Content-Length: 5", "CONTENT-LENGTH: 0") + "hello"),
      unfinished("body not begun", head("POST / HTTP/1.1", "Content-Length: 5")),
      unfinished("body short by one", head("POST / HTTP/1.1", "Content-Length: 5") + "hell"),
      unfinished("body at the limit announced", head("POST / HTTP/1.1", "Content-Length: 1048576")),
    ]
    + [
      "", " ", "-1", "+5", "5,5", "5, 5", "5 5", "5;", "0x5", "0x10", "5h", "1Z", "0_2e", "1e1", "5.0", "five", "\"5\"",
      "\u{85}5", "5\u{A0}", "\u{B2}", "5,", ",5", "-0", "5\t5", "1_0", "0b1", "0o5",
    ].map { refuse(400, "length '\($0)'", head("POST / HTTP/1.1", "Content-Length: \($0)") + "hello") }

  static let transferEncoding: [Case] =
    [
      accept("chunked", chunked("5\r\nhello\r\n0\r\n\r\n"), "POST / hello"),
      accept("chunked in capitals", chunked("0\r\n\r\n", coding: "CHUNKED"), "POST /"),
      accept("chunked within white space", chunked("0\r\n\r\n", coding: "\t chunked \t"), "POST /"),
      accept("TE is not Transfer-Encoding", head("GET / HTTP/1.1", "TE: trailers, deflate"), "GET /"),
      refuse(
        400, "with Content-Length",
        head("POST / HTTP/1.1", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
      refuse(
        400, "before Content-Length",
        head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Content-Length: 5") + "0\r\n\r\n"),
      refuse(
        400, "unknown with Content-Length",
        head("POST / HTTP/1.1", "Transfer-Encoding: x", "Content-Length: 5") + "0\r\n\r\n"),
      refuse(400, "in HTTP/1.0", head("POST / HTTP/1.0", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
      refuse(400, "identity in HTTP/1.0", head("POST / HTTP/1.0", "Transfer-Encoding: identity")),
      refuse(
        400, "chunked on two lines",
        head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
      refuse(
        400, "chunked then gzip on two lines",
        head("POST / HTTP/1.1", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip")),
      refuse(
        501, "gzip then chunked on two lines",
        head("POST / HTTP/1.1", "Transfer-Encoding: gzip", "Transfer-Encoding: chunked")),
      refuse(
        400, "empty line beside chunked", head("POST / HTTP/1.1", "Transfer-Encoding:", "Transfer-Encoding: chunked")),
    ]
    + [
      "gzip, chunked", "gzip", "identity", "x", "xchunked", "chunkedx", "x;a=b, chunked", "deflate,gzip,chunked",
      "cow ;a",
    ]
    .map { refuse(501, "coding '\($0)'", chunked("0\r\n\r\n", coding: $0)) }
    + [
      "", ",", ",chunked", "chunked,", "chunked, ", "chunked, gzip", "chunked, identity", "chunked, chunked",
      "chunked;a=b",
      "chunked ;", "chunked chunked", "chunked x", "\"chunked\"", "chunked\u{A0}", "\u{85}chunked", "ch\u{FC}nked",
      "gzip,,chunked",
      "chunked=1", "[chunked]", ";chunked",
    ].map { refuse(400, "coding '\($0)'", chunked("0\r\n\r\n", coding: $0)) }

  static let expectation: [Case] = [
    accept("100-continue without body", head("GET / HTTP/1.1", "Expect: 100-continue"), "GET /"),
    accept(
      "100-continue with length 0", head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 0"), "POST /"),
    accept(
      "100-continue with body", head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2") + "hi", "POST / hi"
    ),
    accept(
      "100-Continue in capitals", head("POST / HTTP/1.1", "EXPECT: 100-CONTINUE", "Content-Length: 2") + "hi",
      "POST / hi"),
    accept(
      "100-continue with chunks",
      head("POST / HTTP/1.1", "Expect: 100-continue", "Transfer-Encoding: chunked") + "0\r\n\r\n", "POST /"),
    accept(
      "100-continue twice",
      head("POST / HTTP/1.1", "Expect: 100-continue", "Expect: 100-continue", "Content-Length: 2") + "hi", "POST / hi"),
    accept("any expectation in 1.0", head("POST / HTTP/1.0", "Expect: x", "Content-Length: 2") + "hi", "POST / hi"),
    accept(
      "100-continue in 1.0", head("POST / HTTP/1.0", "Expect: 100-continue", "Content-Length: 2") + "hi", "POST / hi"),
    refuse(417, "other expectation", head("GET / HTTP/1.1", "Expect: 200-ok")),
    refuse(417, "100-continue and other", head("GET / HTTP/1.1", "Expect: 100-continue, x")),
    refuse(417, "other after 100-continue", head("GET / HTTP/1.1", "Expect: 100-continue", "Expect: x")),
    refuse(417, "other before 100-continue", head("GET / HTTP/1.1", "Expect: x", "Expect: 100-continue")),
    refuse(417, "empty expectation", head("GET / HTTP/1.1", "Expect:")),
    refuse(417, "100-continue with parameter", head("GET / HTTP/1.1", "Expect: 100-continue;a=b")),
    refuse(
      413, "100-continue with a body too large",
      head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 1048577")),
    unfinished("100-continue and no body yet", head("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2")),
  ]

  static func chunked(_ body: String, coding: String = "chunked") -> String {
    head("POST / HTTP/1.1", "Transfer-Encoding: \(coding)") + body
  }
}
