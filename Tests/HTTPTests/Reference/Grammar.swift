/// The grammar of what is served, from RFC 9110, 9112, 3986 and 3629.
enum Grammar {
  static let requestLine = Automaton(
    .sequence([
      .choice([
        .sequence([.choice(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].map { .text($0) }), .text(" "), target]),
        .sequence([.text("OPTIONS "), .choice([target, .text("*")])]),
      ]),
      .text(" HTTP/1."), digit,
    ]))
  static let fieldLine = Automaton(.sequence([.oneOrMore(tokenOctet), .text(":"), .zeroOrMore(fieldOctet)]))
  static let chunkLine = Automaton(.sequence([.many(hexDigit, atLeast: 1, atMost: 15), .zeroOrMore(chunkExtension)]))

  static let hostName = Automaton(.sequence([.anyCase("host:"), .zeroOrMore(fieldOctet)]))
  static let host = Automaton(field("host", authority))
  static let lengthName = Automaton(.sequence([.anyCase("content-length:"), .zeroOrMore(fieldOctet)]))
  static let length = Automaton(field("content-length", .oneOrMore(digit)))
  static let codingName = Automaton(.sequence([.anyCase("transfer-encoding:"), .zeroOrMore(fieldOctet)]))
  static let coding = Automaton(field("transfer-encoding", .anyCase("chunked")))
  static let expectName = Automaton(.sequence([.anyCase("expect:"), .zeroOrMore(fieldOctet)]))
  static let expect = Automaton(field("expect", .anyCase("100-continue")))

  private static let digit = Pattern.octet(0x30...0x39)
  private static let alpha = Pattern.choice([.octet(0x41...0x5A), .octet(0x61...0x7A)])
  private static let hexDigit = Pattern.choice([digit, .octet(0x41...0x46), .octet(0x61...0x66)])
  private static let tokenOctet = Pattern.choice([alpha, digit, .anyOf("!#$%&'*+-.^_`|~")])
  private static let fieldOctet = Pattern.choice([.text("\t"), .octet(0x20...0x7E), .octet(0x80...0xFF)])
  private static let whitespace = Pattern.zeroOrMore(.anyOf(" \t"))

  private static func field(_ name: String, _ value: Pattern) -> Pattern {
    .sequence([.anyCase(name + ":"), whitespace, value, whitespace])
  }

  // RFC 3986
  private static let unreserved = Pattern.choice([alpha, digit, .anyOf("-._~")])
  private static let subDelimiter = Pattern.anyOf("!$&'()*+,;=")
  private static let pathOctet = Pattern.choice([unreserved, subDelimiter, .anyOf(":@"), escapedScalar])
  private static let path = Pattern.sequence([.text("/"), .zeroOrMore(.choice([pathOctet, .text("/")]))])
  private static let query = Pattern.sequence([.text("?"), .zeroOrMore(.choice([pathOctet, .anyOf("/?")]))])
  private static let target = Pattern.choice([
    .sequence([path, .optional(query)]),
    .sequence([
      .choice([.anyCase("http"), .anyCase("https")]), .text("://"), authority, .optional(path), .optional(query),
    ]),
  ])
  private static let authority = Pattern.sequence([
    .choice([
      .sequence([.text("["), ipv6, .text("]")]),
      .oneOrMore(.choice([unreserved, subDelimiter, .sequence([.text("%"), hexDigit, hexDigit])])),
    ]),
    .optional(.sequence([.text(":"), .optional(port)])),
  ])
  private static let port = Pattern.sequence([
    .zeroOrMore(.text("0")),
    .choice([
      .many(digit, atLeast: 0, atMost: 4), .sequence([.octet(0x31...0x35), .many(digit, atLeast: 4, atMost: 4)]),
      .sequence([.text("6"), .octet(0x30...0x34), .many(digit, atLeast: 3, atMost: 3)]),
      .sequence([.text("65"), .octet(0x30...0x34), digit, digit]),
      .sequence([.text("655"), .octet(0x30...0x32), digit]), .sequence([.text("6553"), .octet(0x30...0x35)]),
    ]),
  ])
  private static let group = Pattern.many(hexDigit, atLeast: 1, atMost: 4)
  private static let groupColon = Pattern.sequence([group, .text(":")])
  private static let ipv4Part = Pattern.choice([
    digit, .sequence([.octet(0x31...0x39), digit]), .sequence([.text("1"), digit, digit]),
    .sequence([.text("2"), .octet(0x30...0x34), digit]), .sequence([.text("25"), .octet(0x30...0x35)]),
  ])
  private static let ipv4 = Pattern.sequence([
    ipv4Part, .text("."), ipv4Part, .text("."), ipv4Part, .text("."), ipv4Part,
  ])
  private static let lastTwoGroups = Pattern.choice([.sequence([groupColon, group]), ipv4])
  /// The nine lines of RFC 3986 section 3.2.2.
  private static let ipv6 = Pattern.choice(
    [
      .sequence([.many(groupColon, atLeast: 6, atMost: 6), lastTwoGroups]),
      .sequence([.text("::"), .many(groupColon, atLeast: 5, atMost: 5), lastTwoGroups]),
      .sequence([upTo(1), .many(groupColon, atLeast: 4, atMost: 4), lastTwoGroups]),
      .sequence([upTo(2), .many(groupColon, atLeast: 3, atMost: 3), lastTwoGroups]),
      .sequence([upTo(3), .many(groupColon, atLeast: 2, atMost: 2), lastTwoGroups]),
      .sequence([upTo(4), groupColon, lastTwoGroups]),
      .sequence([upTo(5), lastTwoGroups]),
      .sequence([upTo(6), group]),
      upTo(7),
    ])

  /// `[ *(n-1)( h16 ":" ) h16 ] "::"`.
  private static func upTo(_ groups: Int) -> Pattern {
    .sequence([.optional(.sequence([.many(groupColon, atLeast: 0, atMost: groups - 1), group])), .text("::")])
  }

  // RFC 3629, each octet as an escape; NUL omitted
  private static let escapedScalar = Pattern.choice([
    escape(0x01...0x7F),
    .sequence([escape(0xC2...0xDF), tail]),
    .sequence([escape(0xE0...0xE0), escape(0xA0...0xBF), tail]),
    .sequence([escape(0xE1...0xEC), tail, tail]),
    .sequence([escape(0xED...0xED), escape(0x80...0x9F), tail]),
    .sequence([escape(0xEE...0xEF), tail, tail]),
    .sequence([escape(0xF0...0xF0), escape(0x90...0xBF), tail, tail]),
    .sequence([escape(0xF1...0xF3), tail, tail, tail]),
    .sequence([escape(0xF4...0xF4), escape(0x80...0x8F), tail, tail]),
  ])
  private static let tail = escape(0x80...0xBF)

  private static func escape(_ range: ClosedRange<Int>) -> Pattern {
    .choice(range.map { .anyCase("%" + String($0 / 16, radix: 16) + String($0 % 16, radix: 16)) })
  }

  // RFC 9112 section 7.1.1
  private static let quoted = Pattern.sequence([
    .text("\""),
    .zeroOrMore(
      .choice([
        .anyOf("\t !"), .octet(0x23...0x5B), .octet(0x5D...0x7E), .octet(0x80...0xFF),
        .sequence([.text("\\"), .choice([.text("\t"), .octet(0x20...0x7E), .octet(0x80...0xFF)])]),
      ])),
    .text("\""),
  ])
  private static let chunkExtension = Pattern.sequence([
    whitespace, .text(";"), whitespace, .oneOrMore(tokenOctet),
    .optional(.sequence([whitespace, .text("="), whitespace, .choice([.oneOrMore(tokenOctet), quoted])])),
  ])
}
