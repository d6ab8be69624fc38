extension Case {
  static let chunk: [Case] =
    [
      accept("no chunks", chunked("0\r\n\r\n"), "POST /"),
      accept("three chunks", chunked("1\r\na\r\n2\r\nbc\r\n3\r\ndef\r\n0\r\n\r\n"), "POST / abcdef"),
      accept(
        "sizes in both cases", chunked("a\r\n0123456789\r\nA\r\nabcdefghij\r\n0\r\n\r\n"), "POST / 0123456789abcdefghij"
      ),
      accept("leading zeros", chunked("005\r\nhello\r\n000\r\n\r\n"), "POST / hello"),
      accept("fifteen digits", chunked("000000000000005\r\nhello\r\n0\r\n\r\n"), "POST / hello"),
      accept("data of line ends", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "POST / \r\n\r\n"),
      accept("data like a last chunk", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), "POST / 0\r\n\r\n"),
      accept("next request behind", chunked("0\r\n\r\n") + head("GET /b HTTP/1.1"), "POST /", "GET /b"),
      accept("trailer field", chunked("0\r\nA: b\r\n\r\n"), "POST /"),
      accept("trailer fields", chunked("1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n"), "POST / x"),
      accept(
        "framing fields in a trailer are dropped",
        chunked("0\r\nContent-Length: 9\r\nHost: i\r\n\r\n") + head("GET /b HTTP/1.1"),
        "POST /", "GET /b"),
      unfinished("before the size", chunked("")),
      unfinished("after the size", chunked("5")),
      unfinished("after the size's CR", chunked("5\r")),
      unfinished("in the data", chunked("5\r\nhell")),
      unfinished("after the data", chunked("5\r\nhello")),
      unfinished("after the data's CR", chunked("5\r\nhello\r")),
      unfinished("without a last chunk", chunked("5\r\nhello\r\n")),
      unfinished("without the last line", chunked("0\r\n")),
      unfinished("in a trailer", chunked("0\r\nA: b\r\n")),
      refuse(413, "size over the limit", chunked("100001\r\n")),
      refuse(413, "sum over the limit", chunked("1\r\na\r\n100000\r\n")),
      refuse(413, "size of fifteen digits", chunked("fffffffffffffff\r\n")),
      refuse(400, "size of sixteen digits", chunked("ffffffffffffffff\r\n")),
      refuse(400, "size of seventeen digits", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n")),
      refuse(400, "data too long", chunked("5\r\nhelloX\r\n0\r\n\r\n")),
      refuse(400, "data too short", chunked("5\r\nhel\r\n0\r\n\r\n")),
      refuse(400, "any two bytes after the data", chunked("5\r\nhelloXX0\r\n\r\n")),
      refuse(400, "LF after the data", chunked("5\r\nhello\n0\r\n\r\n")),
      refuse(400, "CR after the data", chunked("5\r\nhello\r0\r\n\r\n")),
      refuse(400, "CR X after the data", chunked("5\r\nhello\rX0\r\n\r\n")),
      refuse(400, "space after the data", chunked("5\r\nhello \r\n0\r\n\r\n")),
      refuse(400, "bare LF after the size", chunked("5\nhello\r\n0\r\n\r\n")),
      refuse(400, "bare CR after the size", chunked("5\rhello\r\n0\r\n\r\n")),
      refuse(400, "bare LF after the last size", chunked("0\n\r\n")),
      refuse(400, "bare LF ends the trailers", chunked("0\r\n\n")),
      refuse(400, "bare CR ends the trailers", chunked("0\r\n\rX")),
      refuse(400, "folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n")),
      refuse(400, "trailer with space before the colon", chunked("0\r\nA : b\r\n\r\n")),
      refuse(400, "trailer without colon", chunked("0\r\nA\r\n\r\n")),
      refuse(400, "request line as trailer", chunked("0\r\nGET / HTTP/1.1\r\n\r\n")),
      refuse(400, "control in a trailer", chunked("0\r\nA: \u{01}\r\n\r\n")),
      refuse(400, "pipelined garbage", chunked("0\r\n\r\n") + "\0", after: "POST /"),
    ]
    + [
      "", " ", "0x5", "x5", "-5", "+5", " 5", "\t5", "5 ", "5\t", "5g", "1_0", "5.", "0_2e", "5,5", "five", "h",
      "\u{A0}5", "5\u{85}", "\u{FF}15",
    ]
    .map { refuse(400, "size '\($0)'", chunked("\($0)\r\nhello\r\n0\r\n\r\n")) }
    + [
      ";a", ";a=b", ";a=\"b\"", " ; a", "\t;\ta", ";a = b", ";a= \"b c\"", ";a;b;c=d", ";a=\"\\\"\\\\\"",
      ";a=\"\u{80};,\"", ";a=\"\"", ";a ;b",
    ]
    .map { accept("extension '\($0)'", chunked("5\($0)\r\nhello\r\n0\($0)\r\n\r\n"), "POST / hello") }
    + [
      ";", " ;", "; ", ";;", ";a;", ";=b", ";a=", ";a= ", ";a=b ", ";a ", ";a b", " a", ";a=\"b", ";a=\"b\\\"",
      ";a=\"b\"c", ";a=b\"", ";a=b=c",
      ";a\u{80}", ";a=\u{80}", ";a:b", ";a=\"\\", ",a", ";a=\"\u{01}\"", ";a=\"\u{7F}\"", ";a=b\u{0B}", ";\0",
    ].map { refuse(400, "extension '\($0)'", chunked("5\($0)\r\nhello\r\n0\r\n\r\n")) }
    + [";a\nb", ";a\n", ";\n", ";a=\"\n\"", ";a\rb", ";\r", ";a=\"\r\""]
    .map { refuse(400, "line end in extension \(octets($0))", chunked("5\($0)\r\nhello\r\n0\r\n\r\n")) }
}
