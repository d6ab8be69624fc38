import EventLoop
import Rollout
import Testing
import TestSupport

@Suite(.serialized) struct OracleTests {
  /// 8 endpoints with 64 parameter sets each, before and after a refresh.
  @Test("both schemas give the body that the raw rows and the contract's text give", arguments: [11, 12] as [UInt64])
  func bothSchemasAreRight(seed: UInt64) async throws {
    let world = SampleWorld.make(seed: seed)
    var generator = SeededGenerator(seed: seed)
    let inquiries = Inquiry.paths.flatMap { Inquiries.make($0, 64, for: world, &generator) }
    let oracle = Oracle(world: world)
    try await onLoop { loop in
      let stage = try await Stage.open(world, on: loop)
      defer { stage.close() }
      for inquiry in inquiries {
        let expected = oracle.body(inquiry)
        for schema in Schema.allCases {
          let actual = try await stage.body(inquiry, from: schema)
          try #require(Array(actual.utf8) == Array(expected.utf8), "seed \(seed), \(schema): \(inquiry.label)")
        }
      }
      try await stage.refresh()
      for inquiry in inquiries where inquiry.path == "/dashboard" || inquiry.path == "/visibility" {
        let expected = oracle.body(inquiry)
        let actual = try await stage.body(inquiry, from: .new)
        try #require(Array(actual.utf8) == Array(expected.utf8), "seed \(seed), refreshed: \(inquiry.label)")
      }
    }
  }

  @Test("an average of ties is rounded once, half away from zero, and zero has no sign")
  func roundsByHand() {
    func mean(_ values: String...) -> String { Average(values.map { Exact($0) }).text }
    #expect(mean("0.01", "0.02") == "0.02")
    #expect(mean("-0.01", "-0.02") == "-0.02")
    #expect(mean("0.005") == "0.01")
    #expect(mean("-0.005") == "-0.01")
    #expect(mean("-0.004") == "0.00")
    #expect(mean("-0.01", "0.00", "0.00") == "0.00")
    #expect(mean("33.296", "33.304") == "33.30")
    #expect(mean("100", "99.99") == "100.00")
    #expect(mean("1", "0", "0") == "0.33")
    #expect(mean("2", "0", "0") == "0.67")
  }

  @Test(
    "the host of a URL, by hand",
    arguments: [
      ("https://user@x:pa@www.Example.COM:80/a@b", "example.com"), ("https://www.www.example.com", "www.example.com"),
      ("https://[2001:DB8::1]:443/", "[2001:db8::1]"), ("https://[::1]", "[::1]"),
      ("https://MÜLLER.example", "mÜller.example"),
      (" https://example.com", nil), ("//example.com", nil), ("mailto:a@example.com", nil), ("https://user@/", nil),
      ("https://www./", nil), ("ftp://x?y", "x"),
    ] as [(String, String?)])
  func findsHost(url: String, host: String?) { #expect(CitedHost.host(of: url) == host) }
}
