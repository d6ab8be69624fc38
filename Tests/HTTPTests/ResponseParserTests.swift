import Testing

@testable import HTTP

@Suite struct ResponseParserTests {
  /// All that the parser said, up to its first failure.
  private static func transcript(_ bytes: [UInt8], cuts: [Int] = [], limits: Limits = Limits()) -> [String] {
    var parser = ResponseParser(limits: limits)
    var said: [String] = []
    var position = 0
    for end in cuts + [bytes.count] {
      while position < end {
        let (consumed, event) = parser.receive(bytes.span.extracting(position..<end))
        position += consumed
        switch event {
        case .needMore: precondition(position == end, "needMore takes everything")
        case .answer(let answer):
          let etag = answer.headers["ETag"] ?? "none"
          let body = String(decoding: answer.body, as: UTF8.self)
          said.append("\(answer.status) \(answer.keepsAlive ? "keep" : "close") \(etag) [\(body)] at \(position)")
        case .failed(let error): return said + ["failed: \(error)"]
        }
      }
    }
    return said
  }

  private static let sound: [(String, [String])] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"e\"\r\n\r\nhello", ["200 keep \"e\" [hello] at 54"]),
    ("HTTP/1.1 200 \r\ncontent-length:0\r\n\r\n", ["200 keep none [] at 35"]),
    ("HTTP/1.1 404\r\nContent-Length: 1\r\nConnection: Close\r\n\r\nx", ["404 close none [x] at 55"]),
    ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", ["200 close none [x] at 39"]),
    ("HTTP/1.0 200 OK\r\nConnection: a, keep-alive\r\nContent-Length: 1\r\n\r\nx", ["200 keep none [x] at 66"]),
    ("HTTP/1.1 204 No Content\r\n\r\n", ["204 keep none [] at 27"]),
    ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", ["304 keep none [] at 48"]),
    (
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n",
      ["200 keep none [abcde] at 77"]
    ),
    (
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
      ["200 keep none [x] at 95"]
    ),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nyz",
      ["200 keep none [x] at 39", "500 keep none [yz] at 79"]
    ),
  ]

  private static let broken: [(String, ResponseError)] = [
    ("HTTP/1.1 2000 OK\r\n", .statusLine), ("HTTP/1.1 20 OK\r\n", .statusLine), ("HTTP/1.1 099 \r\n", .statusLine),
    ("HTTP/1.1 600 \r\n", .statusLine), ("HTTP/1.1  200\r\n", .statusLine), ("\r\n", .statusLine),
    ("HTTP/1.1 200OK\r\n", .statusLine), ("hello there\r\n", .statusLine),
    ("HTTP/2.0 200 OK\r\n", .malformed(.versionUnsupported)), ("HTTX/1.1 200 OK\r\n", .malformed(.versionSyntax)),
    ("HTTP/1.1 200 OK\n", .malformed(.bareLineFeed)),
    ("HTTP/1.1 200 OK\r\nA b: c\r\n", .malformed(.fieldName)),
    ("HTTP/1.1 200 OK\r\nA\r\n", .malformed(.fieldColon)),
    ("HTTP/1.1 200 OK\r\nA: b\u{0}\r\n", .malformed(.controlCharacter)),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .malformed(.contentLengthRepeated)),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .malformed(.contentLengthInvalid)),
    ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", .malformed(.bodyTooLarge)),
    (
      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .malformed(.framingAmbiguous)
    ),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .malformed(.transferEncodingUnknown)),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", .malformed(.chunkSize)),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab", .malformed(.chunkEnd)),
    ("HTTP/1.1 200 OK\r\n\r\n", .endUnknown), ("HTTP/1.1 101 Switching\r\n\r\n", .upgrade),
  ]

  @Test("what is sound is read the same for every split in two and in three, and byte by byte")
  func splits() {
    for (text, expected) in Self.sound + Self.broken.map({ ($0, ["failed: \($1)"]) }) {
      let bytes = Array(text.utf8)
      #expect(Self.transcript(bytes) == expected, "\(text)")
      #expect(Self.transcript(bytes, cuts: Array(1..<max(1, bytes.count))) == expected, "\(text)")
      for first in 0...bytes.count {
        for second in stride(from: first, through: bytes.count, by: first % 3 + 1) {
          #expect(Self.transcript(bytes, cuts: [first, second]) == expected, "\(text) at \(first), \(second)")
        }
      }
    }
  }

  @Test("an answer that is cut off anywhere is never taken for a whole one")
  func cutOff() {
    for (text, expected) in Self.sound where expected.count == 1 {
      let bytes = Array(text.utf8)
      for end in 0..<bytes.count { #expect(Self.transcript(Array(bytes[..<end])) == [], "\(text) up to \(end)") }
    }
  }

  @Test("each limit holds to the byte")
  func limits() {
    var limits = Limits()
    limits.bodyBytesMax = 10
    limits.fieldCountMax = 3
    func of(_ text: String) -> [String] { Self.transcript(Array(text.utf8), limits: limits) }
    func body(_ count: Int) -> String {
      "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n" + String(repeating: "x", count: count)
    }
    func chunk(_ size: String) -> String {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(size)\r\nxxxxxxxxxx\r\n0\r\n\r\n"
    }
    let tooLarge = ["failed: body too large"]
    #expect(of(body(10)).count == 1 && of(body(10)) != tooLarge && of(body(11)) == tooLarge)
    #expect(of(chunk("a")) != tooLarge && of(chunk("b")) == tooLarge)
    func fields(_ count: Int) -> String {
      "HTTP/1.1 204 \r\n" + String(repeating: "A: b\r\n", count: count) + "\r\n"
    }
    #expect(of(fields(3)) == ["204 keep none [] at 35"] && of(fields(4)) == ["failed: too many fields"])
    func long(_ count: Int) -> String { "HTTP/1.1 204 " + String(repeating: "x", count: count - 13) + "\r\n\r\n" }
    #expect(of(long(limits.fieldBytesMax)).first?.hasPrefix("204") == true)
    #expect(of(long(limits.fieldBytesMax + 1)) == ["failed: field too long"])
    limits.fieldCountMax = 100
    let wide = String(repeating: "A: \(String(repeating: "b", count: 8_000))\r\n", count: 5)
    #expect(of("HTTP/1.1 204 \r\n\(wide)\r\n") == ["failed: head too long"])
  }
}
