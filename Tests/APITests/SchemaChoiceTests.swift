import HTTP
import JSON
import Rollout
import Testing

@Suite("which schema answers")
struct SchemaChoiceTests {
  /// Buckets of the service `dashboard`, computed apart from this code as docs/canary-vectors.md says.
  private static let buckets = [
    ("user-1", 3_704), ("user-2", 4_793), ("Käuzli", 6_113), ("a, b", 2_216),
  ]
  private static let bucketOfBrand = 9_340

  private static func canary(_ hundredths: Int, of service: String = "dashboard") throws -> FlagSet {
    var flag = Flag(service: service)
    flag.useNewSchema = true
    flag.canaryPercent = try #require(Percent(hundredths: hundredths))
    return FlagSet([flag])
  }

  private static func outcome(_ answer: Answer) -> [String?] {
    #expect(answer.status == 200, "\(answer.text)")
    return [answer.header("X-Schema"), answer.header("X-Schema-Reason")]
  }

  @Test("X-User-Id names the bucket: new from one hundredth of a percent above it", arguments: buckets)
  func user(key: String, bucket: Int) async throws {
    try await withClient { client in
      client.flags.set(try Self.canary(bucket))
      #expect(Self.outcome(try await client.get(Endpoint.all[0].target(), "X-User-Id: \(key)")) == ["old", "canary"])
      client.flags.set(try Self.canary(bucket + 1))
      #expect(Self.outcome(try await client.get(Endpoint.all[0].target(), "X-User-Id: \(key)")) == ["new", "canary"])
    }
  }

  @Test("without a user, or with an empty one, the brand's id in lower case names the bucket")
  func brand() async throws {
    try await withClient { client in
      for (edge, schema) in [(0, "old"), (1, "new")] {
        client.flags.set(try Self.canary(Self.bucketOfBrand + edge))
        for brand in [SampleData.brand, SampleData.brand.uppercased()] {
          let target = Endpoint.all[0].target(brand)
          #expect(Self.outcome(try await client.get(target)) == [schema, "canary"])
          #expect(Self.outcome(try await client.get(target, "X-User-Id:")) == [schema, "canary"])
          #expect(Self.outcome(try await client.get(target, "X-User-Id:   ")) == [schema, "canary"])
        }
      }
    }
  }

  @Test("a repeated X-User-Id is one key of its own")
  func repeatedUser() async throws {
    try await withClient { client in
      let bucket = try #require(Self.buckets.first { $0.0 == "a, b" }).1
      for (edge, schema) in [(0, "old"), (1, "new")] {
        client.flags.set(try Self.canary(bucket + edge))
        let answer = try await client.get(Endpoint.all[0].target(), "X-User-Id: a", "X-User-Id: b")
        #expect(Self.outcome(answer) == [schema, "canary"])
      }
    }
  }

  @Test("off, at 0 and at 100 the reason tells")
  func edges() async throws {
    try await withClient { client in
      let target = Endpoint.all[0].target()
      #expect(Self.outcome(try await client.get(target)) == ["old", "flag"])
      client.flags.set(try Self.canary(0))
      #expect(Self.outcome(try await client.get(target)) == ["old", "canary"])
      client.flags.set(try Self.canary(10_000))
      #expect(Self.outcome(try await client.get(target)) == ["new", "flag"])
      #expect(
        Self.outcome(try await client.get(Endpoint.all[2].target())) == ["old", "flag"], "one service's flag is its own"
      )
    }
  }

  @Test("before the new tables exist, new falls back to old, asked for or not")
  func fallback() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      for endpoint in Endpoint.all {
        let answer = try await client.get(endpoint.target(), Client.asAdmin, "X-Schema-Override: new")
        #expect(Self.outcome(answer) == ["old", "fallback"])
      }
      client.flags.set(try Self.canary(10_000))
      let answer = try await client.get(Endpoint.all[0].target())
      #expect(Self.outcome(answer) == ["old", "fallback"])
      #expect(
        answer.text == (try await client.get(Endpoint.all[0].target(), Client.asAdmin, "X-Schema-Override: old")).text)
    }
  }

  @Test("X-Schema-Override needs the token, and one of two values")
  func override() async throws {
    try await withClient { client in
      client.flags.set(try Self.canary(10_000))
      let target = Endpoint.all[0].target()
      for value in ["old", "new", "newest", ""] {
        for headers in [[], ["Authorization: Bearer wrong"], ["Authorization: Basic \(Client.token)"]] {
          let answer = try await client.ask(.get, target, headers + ["X-Schema-Override: \(value)"])
          _ = try answer.problem(403)
        }
      }
      for value in ["newest", "", "OLD", "old, new"] {
        let answer = try await client.get(target, Client.asAdmin, "X-Schema-Override: \(value)")
        #expect(try answer.faults(400) == ["X-Schema-Override"])
      }
      #expect(
        try await client.get(target, Client.asAdmin, "X-Schema-Override: old", "X-Schema-Override: old").faults(400)
          == ["X-Schema-Override"])
      for value in ["old", "new"] {
        let answer = try await client.get(target, Client.asAdmin, "X-Schema-Override: \(value)")
        #expect(Self.outcome(answer) == [value, "override"])
      }
      #expect(
        Self.outcome(try await client.get(target, Client.asAdmin)) == ["new", "flag"], "the token alone forces nothing")
    }
  }

  @Test("without a configured token nobody may override", arguments: [nil, ""])
  func noToken(token: String?) async throws {
    try await withClient(token: token) { client in
      for header in ["Authorization: Bearer \(Client.token)", "Authorization: Bearer ", "X-Other: 1"] {
        _ = try await client.get(Endpoint.all[0].target(), header, "X-Schema-Override: old").problem(403)
      }
    }
  }
}
