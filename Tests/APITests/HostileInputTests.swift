import HTTP
import JSON
import Testing

@Suite("what a request says is never run")
struct HostileInputTests {
  private static let texts = [
    "'; DROP TABLE brands; --", "' OR '1'='1", "$1", "\\", "\\'", "\"", "%", "_", "NULL", "{a,b}", "a\u{1}b\tc\nd",
    "ü\u{1F600}",
    "');SELECT pg_sleep(60);--", "/* */", String(repeating: "x", count: 2_000), "..", ".", "*", " ",
  ]

  private static func encoded(_ text: String) -> String {
    text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  @Test("as the name of a competitor: nobody knows it", arguments: texts)
  func competitor(text: String) async throws {
    try await withClient { client in
      for schema in ["old", "new"] {
        let answer = try await client.get(
          "/api/brands/\(SampleData.brand)/competitors/\(Self.encoded(text))/trend?\(SampleData.range)", Client.asAdmin,
          "X-Schema-Override: \(schema)")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("X-Schema") == schema)
        let body = try answer.json()
        #expect(body["competitor_name"]?.string == text)
        #expect(body["points"] == .array([]))
      }
      #expect(try await client.value("SELECT count(*) FROM brands") == "2")
    }
  }

  @Test("as a collector: it has no rows", arguments: texts)
  func collector(text: String) async throws {
    try await withClient { client in
      for schema in ["old", "new"] {
        let answer = try await client.get(
          Endpoint.all[0].target() + "&collectors=\(Self.encoded(text.replacing(",", with: ";")))", Client.asAdmin,
          "X-Schema-Override: \(schema)")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("X-Schema") == schema)
        #expect(try answer.json()["totals"]?["total_responses"]?.integer == 0)
      }
    }
  }

  @Test(
    "a competitor whose name looks like SQL, or holds a slash, has its trend",
    arguments: [SampleData.hostileCompetitor, "a/b"])
  func hostileName(name: String) async throws {
    try await withClient { client in
      for schema in ["old", "new"] {
        let answer = try await client.get(
          "/api/brands/\(SampleData.brand)/competitors/\(Self.encoded(name))/trend?\(SampleData.range)", Client.asAdmin,
          "X-Schema-Override: \(schema)")
        #expect(answer.header("X-Schema") == schema)
        let body = try answer.json()
        #expect(body["competitor_name"]?.string == name)
        #expect(body["points"]?.array?.compactMap { $0["total_responses"]?.integer }.reduce(0, +) == 90)
      }
    }
  }

  @Test("as a user's id: it only chooses a bucket", arguments: texts.filter { !$0.contains { "\u{1}\n".contains($0) } })
  func user(text: String) async throws {
    try await withClient { client in
      let answer = try await client.get(Endpoint.all[0].target(), "X-User-Id: \(text)")
      #expect(answer.status == 200)
    }
  }
}
