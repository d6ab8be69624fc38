import Testing

@testable import HTTP

@Suite("negotiation")
struct NegotiationTests {
  @Test(
    "Accept-Encoding",
    arguments: [
      (nil, .identity), ("", .identity), ("gzip", .gzip), ("GZIP", .gzip), ("x-gzip", .gzip), ("identity", .identity),
      ("gzip, deflate, br, zstd", .gzip), ("deflate, br", .identity), ("gzip;q=1.0", .gzip), ("gzip;q=0", .identity),
      ("gzip;q=0.0", .identity), ("gzip;q=0.000", .identity), ("gzip;q=0.001", .gzip), ("gzip ; q=0.5", .gzip),
      ("gzip;Q=0.5", .gzip),
      ("*", .gzip), ("*;q=0.5", .gzip), ("*;q=0", nil), ("gzip;q=0, *", .identity), ("gzip, *;q=0", .gzip),
      ("identity;q=0", nil), ("identity;q=0, gzip", .gzip), ("identity;q=0, gzip;q=0", nil),
      ("identity, *;q=0", .identity),
      ("identity;q=0.5, *;q=0", .identity), ("gzip;q=0.5, identity", .identity), ("gzip;q=0.5, identity;q=0.5", .gzip),
      ("gzip;q=0.4, identity;q=0.5", .identity), ("gzip;q=0.2, identity;q=0", .gzip),
      ("br;q=1.0, gzip;q=0.8, *;q=0.1", .gzip),
      ("identity;q=0.5, *;q=0.8", .gzip), (" , gzip ,, ", .gzip), ("gzip;q=1.", .gzip), ("gzip;q=1.000", .gzip),
      ("gzip;q=1.001", .identity), ("gzip;q=2", .identity), ("gzip;q=", .identity), ("gzip;q=0.1234", .identity),
      ("gzip;q=-1", .identity), ("gzip;q=.5", .identity), ("gzip;q=0,5", .identity), ("gzip;level=9", .identity),
      ("gzip;", .identity),
      ("gzip q=1", .identity), ("gzipp", .identity), ("xgzip", .identity), ("gzip;q=0x", .identity),
      ("gzip;q=a", .identity),
      ("gzip;q=1;x=y", .identity), ("gzip;q=00", .identity), (";q=1", .identity), ("gzip;q=0, gzip;q=1", .gzip),
    ] as [(String?, ContentCoding?)])
  func acceptEncoding(value: String?, preferred: ContentCoding?) {
    #expect(AcceptEncoding(value).preferred == preferred)
  }

  @Test("identity stays acceptable unless it is excluded")
  func identity() {
    #expect(AcceptEncoding("gzip").acceptsIdentity)
    #expect(!AcceptEncoding("gzip, identity;q=0").acceptsIdentity)
    #expect(!AcceptEncoding("gzip, *;q=0").acceptsIdentity)
    #expect(AcceptEncoding("*;q=0, identity;q=0.001").acceptsIdentity)
  }

  @Test(
    "If-None-Match against \"abc\"",
    arguments: [
      ("\"abc\"", true), ("W/\"abc\"", true), ("*", true), (" * ", true), ("\"x\"", false), ("\"ABC\"", false),
      ("\"abcd\"", false),
      ("\"ab\"", false), ("\"\"", false), ("\"x\", \"abc\"", true), ("\"x\",W/\"abc\"", true), ("\"abc\",\"x\"", true),
      (",, \"abc\" ,", true),
      ("\"a,b\", \"abc\"", true), ("\"x, \"abc\"", false), ("", false), ("abc", false), ("\"abc", false),
      ("abc\"", false), ("w/\"abc\"", false),
      ("W/ \"abc\"", false), ("W\"abc\"", false), ("\"abc\" \"x\"", false), ("\"abc\"x", false), ("\"abc\", *", false),
      ("*, \"abc\"", false),
      ("**", false), ("\"abc\", x", false), ("\"abc\", \"x", false), ("\"a bc\", \"abc\"", false),
      ("\t\"abc\"\t", true), ("W/", false),
      ("\"a\u{E9}\", \"abc\"", true),
    ])
  func ifNoneMatch(value: String, matches: Bool) throws {
    #expect(try #require(EntityTag("abc")).matches(ifNoneMatch: value) == matches)
    #expect(try #require(EntityTag("abc", isWeak: true)).matches(ifNoneMatch: value) == matches)
  }

  @Test(
    "an entity tag holds no quote, white space or control", arguments: ["\"", " ", "\t", "\r\n", "\0", "\u{7F}", "a b"])
  func invalidTag(opaque: String) {
    #expect(EntityTag(opaque) == nil)
  }

  @Test("an entity tag as text")
  func tagText() {
    #expect(EntityTag("a-1")?.text == "\"a-1\"")
    #expect(EntityTag("a-1", isWeak: true)?.text == "W/\"a-1\"")
    #expect(EntityTag("")?.text == "\"\"")
    #expect(EntityTag("a") != EntityTag("a", isWeak: true))
  }
}
