import HTTP
import JSON
import Testing

private let services = ["dashboard", "visibility", "topics", "competitors", "prompts", "keywords", "citations"]
private let flagKeys = [
  "service", "use_new_schema", "canary_percent", "shadow_percent", "guard", "ramp", "version", "updated_at",
  "updated_by",
]

@Suite("the flags over HTTP")
struct FlagRoutesTests {
  @Test("at first all are off, at 0, in the catalog's order, with their keys in order")
  func atFirst() async throws {
    try await withClient { client in
      let answer = try await client.admin(.get, "/api/admin/flags")
      #expect(answer.status == 200)
      #expect(answer.header("Cache-Control") == "no-store")
      let body = try answer.json()
      #expect(body.names == ["dual_write", "services"])
      #expect(body["dual_write"]?.boolean == true)
      let flags = try #require(body["services"]?.array)
      #expect(flags.compactMap { $0["service"]?.string } == services)
      for flag in flags {
        #expect(flag.names == flagKeys)
        #expect(flag["use_new_schema"]?.boolean == false)
        #expect(flag["canary_percent"]?.number == "0.00")
        #expect(flag["shadow_percent"]?.number == "0.00")
        #expect(flag["guard"] == .null && flag["ramp"] == .null)
        #expect(flag["version"]?.integer == 1)
        #expect(flag["updated_at"]?.string?.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
      }
    }
  }

  @Test(
    "PATCH changes what it names and nothing else",
    arguments: [
      (#"{"use_new_schema":true}"#, "use_new_schema", "true"),
      (#"{"canary_percent":12.5}"#, "canary_percent", "12.50"),
      (#"{"canary_percent":100}"#, "canary_percent", "100.00"),
      (#"{"canary_percent":0.01}"#, "canary_percent", "0.01"),
      (#"{"canary_percent":33.330}"#, "canary_percent", "33.33"),
      (#"{"canary_percent":1e1}"#, "canary_percent", "10.00"),
      (#"{"canary_percent":1.25E+1}"#, "canary_percent", "12.50"),
      (#"{"shadow_percent":5}"#, "shadow_percent", "5.00"),
      (
        #" { "guard" : {"min_samples":200, "error_rate":0.01,"latency_ratio":1.5,"mismatch_rate":0} } "#, "guard",
        #"{"error_rate":0.01,"latency_ratio":1.5,"mismatch_rate":0,"min_samples":200}"#
      ),
      (#"{"ramp":{"soak_s":3600,"steps":[10, 50.5, 100]}}"#, "ramp", #"{"steps":[10,50.5,100],"soak_s":3600}"#),
      (
        #"{"reason":"\#(String(repeating: "ü", count: 1_000))","ramp":{"steps":[\#((1...100).map { String($0) }.joined(separator: ","))],"soak_s":1}}"#,
        "ramp", #"{"steps":[\#((1...100).map { String($0) }.joined(separator: ","))],"soak_s":1}"#
      ),
      (#"{"ramp":{"steps":[0.01],"soak_s":0}}"#, "ramp", #"{"steps":[0.01],"soak_s":0}"#),
    ])
  func change(body: String, field: String, value: String) async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      let answer = try await client.admin(
        .patch, "/api/admin/flags/topics", body, "Content-Type: application/json; charset=utf-8")
      #expect(answer.status == 200, "\(answer.text)")
      let expected = [
        "service": "\"topics\"", "use_new_schema": "false", "canary_percent": "0.00", "shadow_percent": "0.00",
        "guard": "null", "ramp": "null", "version": "2",
      ].merging([field: value]) { _, new in new }
      let text = flagKeys.prefix(7).map { "\"\($0)\":\(expected[$0] ?? "")" }.joined(separator: ",")
      #expect(answer.text.hasPrefix("{\(text),\"updated_at\":\""), "\(answer.text)")
      #expect(try answer.json().names == flagKeys)
      #expect(try answer.json()["updated_by"]?.string == "admin")
      let list = try await client.admin(.get, "/api/admin/flags").text
      #expect(list.contains(answer.text))
      #expect(list.split(separator: #""version":1,"#).count == services.count, "the other six are as they were")
    }
  }

  @Test("guard and ramp go away with null")
  func null() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      let rule =
        #"{"guard":{"error_rate":1,"latency_ratio":2,"mismatch_rate":1,"min_samples":1},"ramp":{"steps":[1],"soak_s":1}}"#
      #expect(try await client.admin(.patch, "/api/admin/flags/topics", rule).status == 200)
      let body = try await client.admin(.patch, "/api/admin/flags/topics", #"{"guard":null,"ramp":null}"#).json()
      #expect(body["guard"] == .null && body["ramp"] == .null)
      #expect(body["version"]?.integer == 3)
      let newest = try await client.admin(.get, "/api/admin/flags/history").json()["history"]?.array?.first
      #expect(newest?["to"] == .object([.init(name: "guard", value: .null), .init(name: "ramp", value: .null)]))
    }
  }

  @Test("a version that is not the present one is a conflict, and changes nothing")
  func version() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      func patch(_ version: Int, _ percent: Int) async throws -> Answer {
        try await client.admin(
          .patch, "/api/admin/flags/prompts", #"{"version":\#(version),"canary_percent":\#(percent)}"#)
      }
      #expect(try await patch(1, 10).status == 200)
      for stale in [1, 0, 3, -1] { _ = try await patch(stale, 20).problem(409) }
      #expect(try await patch(2, 30).json()["canary_percent"]?.number == "30.00")
      #expect(try await client.admin(.get, "/api/admin/flags/history").json()["history"]?.array?.count == 2)
    }
  }

  @Test("a change to what it is already is no change")
  func noChange() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      let answer = try await client.admin(
        .patch, "/api/admin/flags/topics", #"{"use_new_schema":false,"canary_percent":0.00}"#)
      #expect(answer.status == 200)
      #expect(try answer.json()["version"]?.integer == 1)
      #expect(try await client.admin(.get, "/api/admin/flags/history").text == #"{"history":[]}"#)
    }
  }

  @Test("the history tells who, when, what and why; newest first, only what changed")
  func history() async throws {
    try await withClient(try await SampleData.database(.verified)) { client in
      _ = try await client.admin(
        .patch, "/api/admin/flags/topics",
        #"{"use_new_schema":true,"canary_percent":12.5,"shadow_percent":0,"reason":"first \"canary\""}"#,
        "X-Admin-User: ada")
      _ = try await client.admin(
        .patch, "/api/admin/flags/topics", #"{"canary_percent":50,"reason":null}"#, "X-Admin-User:")
      _ = try await client.admin(
        .patch, "/api/admin/flags", #"{"dual_write":false,"reason":"rebuild"}"#, "X-Admin-User: Käthe")
      _ = try await client.admin(.post, "/api/admin/rollback", #"{"reason":"p99"}"#, "X-Admin-User: bob")
      let answer = try await client.admin(.get, "/api/admin/flags/history")
      #expect(answer.header("Cache-Control") == "no-store")
      let entries = try #require(try answer.json()["history"]?.array)
      for entry in entries { #expect(entry.names == ["at", "by", "service", "from", "to", "reason"]) }
      #expect(entries.compactMap { $0["at"]?.string } == entries.compactMap { $0["at"]?.string }.sorted(by: >))
      let parts = answer.text.split(separator: #"{"at":""#).dropFirst().map { String($0.dropFirst(29)) }
      #expect(
        parts == [
          #""by":"bob","service":"topics","from":{"canary_percent":50.00,"use_new_schema":true},"to":{"canary_percent":0.00,"use_new_schema":false},"reason":"p99"},"#,
          #""by":"Käthe","service":null,"from":{"dual_write":true},"to":{"dual_write":false},"reason":"rebuild"},"#,
          #""by":"admin","service":"topics","from":{"canary_percent":12.50},"to":{"canary_percent":50.00},"reason":null},"#,
          #""by":"ada","service":"topics","from":{"canary_percent":0.00,"use_new_schema":false},"to":{"canary_percent":12.50,"use_new_schema":true},"reason":"first \"canary\""}]}"#,
        ])
    }
  }

  @Test("a change is in force for the next request of this process")
  func inForce() async throws {
    try await withClient(try await SampleData.database(.verified)) { client in
      try await client.obeyingFlags {
        for (body, outcome) in [
          (#"{"use_new_schema":true,"canary_percent":100}"#, ["new", "flag"]),
          (#"{"canary_percent":0}"#, ["old", "canary"]),
          (#"{"canary_percent":100}"#, ["new", "flag"]), (#"{"use_new_schema":false}"#, ["old", "flag"]),
        ] {
          #expect(try await client.admin(.patch, "/api/admin/flags/dashboard", body).status == 200)
          let answer = try await client.get(Endpoint.all[0].target())
          #expect([answer.header("X-Schema"), answer.header("X-Schema-Reason")] == outcome)
        }
      }
    }
  }

  @Test(
    "rollback turns every service to old at once; the next request reads old",
    arguments: [#"{"reason":"p99 doubled"}"#, "{}", nil])
  func rollback(body: String?) async throws {
    try await withClient(try await SampleData.database(.verified)) { client in
      try await client.obeyingFlags {
        for service in services {
          _ = try await client.admin(
            .patch, "/api/admin/flags/\(service)", #"{"use_new_schema":true,"canary_percent":100}"#)
        }
        for endpoint in Endpoint.all { #expect(try await client.get(endpoint.target()).header("X-Schema") == "new") }
        let answer = try await client.admin(.post, "/api/admin/rollback", body)
        #expect(answer.status == 200)
        let flags = try #require(try answer.json()["services"]?.array)
        #expect(flags.count == services.count)
        for flag in flags {
          #expect(flag["use_new_schema"]?.boolean == false)
          #expect(flag["canary_percent"]?.number == "0.00" && flag["ramp"] == .null)
          #expect(flag["version"]?.integer == 3)
        }
        for endpoint in Endpoint.all {
          let read = try await client.get(endpoint.target())
          #expect([read.header("X-Schema"), read.header("X-Schema-Reason")] == ["old", "flag"])
        }
        let again = try await client.admin(.post, "/api/admin/rollback", body)
        #expect(again.text == answer.text, "twice does no harm")
      }
    }
  }

  @Test("dual write can be switched once the new tables exist")
  func dualWrite() async throws {
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      #expect(try await client.admin(.get, "/api/admin/flags").json()["dual_write"]?.boolean == false)
      for on in [true, false] {
        _ = try await client.admin(.patch, "/api/admin/flags", #"{"dual_write":\#(on)}"#).problem(409)
      }
    }
    try await withClient(try await SampleData.database()) { client in
      for on in [false, false, true] {
        let answer = try await client.admin(.patch, "/api/admin/flags", #"{"dual_write":\#(on),"reason":null}"#)
        #expect(answer.status == 200)
        #expect(try answer.json()["dual_write"]?.boolean == on)
        #expect(try await client.admin(.get, "/api/admin/flags").text == answer.text)
      }
      #expect(try await client.admin(.get, "/api/admin/flags/history").json()["history"]?.array?.count == 2)
    }
  }
}
