import HTTP
import JSON
import Testing

@testable import API

struct FlagFault: Sendable, CustomTestStringConvertible {
  let body: String
  let status: Int
  var fields: [String] = []

  init(_ body: String, _ status: Int, _ fields: String...) {
    self.body = body
    self.status = status
    self.fields = fields
  }

  var testDescription: String { String(body.prefix(80)) }
}

private let guardRest = #""latency_ratio":1,"mismatch_rate":0,"min_samples":1"#

private let flagFaults: [FlagFault] = [
  FlagFault("{}", 400), FlagFault(#"{"reason":"x"}"#, 400), FlagFault(#"{"version":1}"#, 400),
  FlagFault(#"{"use_new_schema":1}"#, 400, "use_new_schema"),
  FlagFault(#"{"use_new_schema":"true"}"#, 400, "use_new_schema"),
  FlagFault(#"{"use_new_schema":null}"#, 400, "use_new_schema"),
  FlagFault(#"{"canary_percent":"12"}"#, 400, "canary_percent"),
  FlagFault(#"{"canary_percent":null}"#, 400, "canary_percent"),
  FlagFault(#"{"canary_percent":true}"#, 400, "canary_percent"),
  FlagFault(#"{"canary_percent":[1]}"#, 400, "canary_percent"),
  FlagFault(#"{"canary_percent":12.345}"#, 422, "canary_percent"),
  FlagFault(#"{"canary_percent":0.001}"#, 422, "canary_percent"),
  FlagFault(#"{"canary_percent":100.01}"#, 422, "canary_percent"),
  FlagFault(#"{"canary_percent":-0.01}"#, 422, "canary_percent"),
  FlagFault(#"{"canary_percent":1e3}"#, 422, "canary_percent"),
  FlagFault(#"{"canary_percent":1e400}"#, 422, "canary_percent"),
  FlagFault(#"{"shadow_percent":101}"#, 422, "shadow_percent"),
  FlagFault(#"{"shadow_percent":"x"}"#, 400, "shadow_percent"),
  FlagFault(#"{"canary_percent":101,"shadow_percent":-1}"#, 422, "canary_percent", "shadow_percent"),
  FlagFault(#"{"canary_percent":"a","shadow_percent":101,"extra":1}"#, 400, "extra", "canary_percent"),
  FlagFault(#"{"canary":1}"#, 400, "canary"),
  FlagFault(#"{"updated_by":"me","use_new_schema":true}"#, 400, "updated_by"),
  FlagFault(#"{"Use_New_Schema":true}"#, 400, "Use_New_Schema"),
  FlagFault(#"{"version":"1","use_new_schema":true}"#, 400, "version"),
  FlagFault(#"{"version":1.5,"use_new_schema":true}"#, 400, "version"),
  FlagFault(#"{"version":null,"use_new_schema":true}"#, 400, "version"),
  FlagFault(#"{"reason":1,"use_new_schema":true}"#, 400, "reason"),
  FlagFault(#"{"reason":["x"],"use_new_schema":true}"#, 400, "reason"),
  FlagFault(#"{"guard":1}"#, 400, "guard"), FlagFault(#"{"guard":{}}"#, 400, "guard"),
  FlagFault(#"{"guard":[]}"#, 400, "guard"),
  FlagFault(#"{"guard":{\#(guardRest)}}"#, 400, "guard"),
  FlagFault(#"{"guard":{"error_rate":0,\#(guardRest),"more":1}}"#, 400, "guard"),
  FlagFault(#"{"guard":{"error_rate":"0",\#(guardRest)}}"#, 400, "guard"),
  FlagFault(#"{"guard":{"error_rate":null,\#(guardRest)}}"#, 400, "guard"),
  FlagFault(#"{"guard":{"error_rate":1.01,\#(guardRest)}}"#, 422, "guard.error_rate"),
  FlagFault(#"{"guard":{"error_rate":-0.1,\#(guardRest)}}"#, 422, "guard.error_rate"),
  FlagFault(
    #"{"guard":{"error_rate":0,"latency_ratio":0,"mismatch_rate":2,"min_samples":0}}"#, 422, "guard.latency_ratio",
    "guard.mismatch_rate", "guard.min_samples"),
  FlagFault(
    #"{"guard":{"error_rate":0,"latency_ratio":1,"mismatch_rate":0,"min_samples":1.5}}"#, 422, "guard.min_samples"),
  FlagFault(
    #"{"guard":{"error_rate":0,"latency_ratio":1e999999,"mismatch_rate":0,"min_samples":1}}"#, 422,
    "guard.latency_ratio"),
  FlagFault(
    #"{"guard":{"error_rate":0,"latency_ratio":1,"mismatch_rate":0,"min_samples":1e300}}"#, 422, "guard.min_samples"),
  FlagFault(#"{"ramp":1}"#, 400, "ramp"), FlagFault(#"{"ramp":{}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":[1]}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":1,"soak_s":1}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":[1],"soak_s":1.5}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":[1],"soak_s":1,"x":1}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":[1,"2"],"soak_s":1}}"#, 400, "ramp"),
  FlagFault(#"{"ramp":{"steps":[],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[0],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[50,10],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[10,10],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[101],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[1.001],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"ramp":{"steps":[-1,5],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(
    #"{"ramp":{"steps":[\#((1...101).map(String.init).joined(separator: ","))],"soak_s":1}}"#, 422, "ramp.steps"),
  FlagFault(#"{"reason":"\#(String(repeating: "e\u{301}", count: 501))","use_new_schema":true}"#, 422, "reason"),
  FlagFault(#"{"ramp":{"steps":[1],"soak_s":-1}}"#, 422, "ramp.soak_s"),
  FlagFault(#"{"ramp":{"steps":[1],"soak_s":31536001}}"#, 422, "ramp.soak_s"),
  FlagFault(
    #"{"guard":{"error_rate":2,\#(guardRest)},"ramp":{"steps":[],"soak_s":-1},"canary_percent":-5}"#, 422,
    "canary_percent", "guard.error_rate", "ramp.steps", "ramp.soak_s"),
]

private let callsWithBody: [(Method, String)] = [
  (.patch, "/api/admin/flags/dashboard"), (.patch, "/api/admin/flags"), (.post, "/api/admin/rollback"),
  (.post, "/api/admin/brands/\(SampleData.brand)/score-now"),
]

@Suite("faults in bodies")
struct RequestBodyTests {
  @Test("of a flag: every fault names its fields, and changes nothing", arguments: flagFaults)
  func flag(fault: FlagFault) async throws {
    try await withClient { client in
      let answer = try await client.admin(.patch, "/api/admin/flags/dashboard", fault.body)
      #expect(try Set(answer.faults(fault.status)) == Set(fault.fields), "\(answer.text)")
      #expect(try await client.value("SELECT max(version) FROM switchyard.flags") == "1")
    }
  }

  @Test(
    "numbers that only a floating point type could hold do no harm",
    arguments: ["1e-999999", "0e999999", "many digits"])
  func tinyNumbers(kind: String) async throws {
    let digits = "0.\(String(repeating: "0", count: 20_000))"
    let number = kind == "many digits" ? "\(digits)1" : kind
    let step = kind == "many digits" ? "1\(digits.dropFirst())" : "10.0e-1"
    try await withClient(try await SampleData.database(.oldSchema)) { client in
      for body in [
        #"{"guard":{"error_rate":\#(number),"latency_ratio":1,"mismatch_rate":0,"min_samples":1}}"#,
        #"{"ramp":{"steps":[\#(step)],"soak_s":1}}"#,
        #"{"canary_percent":\#(number)}"#,
      ] {
        let answer = try await client.admin(.patch, "/api/admin/flags/dashboard", body)
        #expect([200, 422].contains(answer.status), "\(answer.text)")
      }
    }
  }

  @Test(
    "the name of a service is looked up before its flag is changed",
    arguments: ["nothing", "Dashboard", "history", "dashboard%20", "%27"])
  func unknownService(name: String) async throws {
    try await withClient { client in
      _ = try await client.admin(.patch, "/api/admin/flags/\(name)", #"{"use_new_schema":true}"#).problem(404)
    }
  }

  @Test(
    "what is no JSON object is a 400",
    arguments: [
      "nothing", "{", "}", "[]", "null", "1", "\"x\"", "{} {}", "{}x", #"{"reason":"a","reason":"b"}"#,
      "{'reason':'a'}",
      #"{"reason":"a",}"#, "{\"reason\":\"\u{1}\"}", #"{"reason":"\u0000"}"#, "{\"reason\":\"\u{0}\"}",
      #"{"reason":"\ud800"}"#,
      #"{"reason":\#(String(repeating: "[", count: 100_000))"#,
      #"{"reason":\#(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))}"#,
      "\u{FEFF}{}", #"{"reason":01}"#, #"{"reason":NaN}"#, " ",
    ], callsWithBody)
  func noObject(body: String, call: (Method, String)) async throws {
    try await withClient { client in
      let answer = try await client.admin(call.0, call.1, body)
      #expect(try answer.faults(400) == [])
    }
  }

  @Test("bytes that are not UTF-8 are no JSON", arguments: callsWithBody)
  func notUTF8(call: (Method, String)) async throws {
    try await withClient { client in
      let body = Array(#"{"reason":""#.utf8) + [0xFF, 0xC3] + Array("\"}".utf8)
      _ = try await client.ask(call.0, call.1, [Client.asAdmin], body: body).problem(400)
    }
  }

  @Test("a missing body is none", arguments: callsWithBody.filter { !$0.1.hasSuffix("rollback") })
  func missing(call: (Method, String)) async throws {
    try await withClient { client in
      _ = try await client.admin(call.0, call.1).problem(400)
      _ = try await client.admin(call.0, call.1, "").problem(400)
    }
  }

  @Test(
    "another content type is a 415, whatever the body",
    arguments: [
      "text/plain", "application/x-www-form-urlencoded", "application/json5", "multipart/form-data; boundary=x", ";",
      "application/problem+json", "application/json, text/plain",
    ], callsWithBody)
  func type(type: String, call: (Method, String)) async throws {
    try await withClient { client in
      for body in [#"{"reason":"x"}"#, "nothing"] {
        _ = try await client.admin(call.0, call.1, body, "Content-Type: \(type)").problem(415)
      }
    }
  }

  @Test(
    "the content type's case and parameters do not matter",
    arguments: ["application/json", "Application/JSON", "application/json;charset=UTF-8", "application/json ; x=y"])
  func jsonType(type: String) async throws {
    try await withClient { client in
      let answer = try await client.admin(
        .patch, "/api/admin/flags/dashboard", #"{"use_new_schema":1}"#, "Content-Type: \(type)")
      #expect(try answer.faults(400) == ["use_new_schema"])
    }
  }

  @Test(
    "of the other calls",
    arguments: [
      ("/api/admin/flags", "{}", ["dual_write"]), ("/api/admin/flags", #"{"dual_write":1}"#, ["dual_write"]),
      ("/api/admin/flags", #"{"dual_write":null}"#, ["dual_write"]),
      ("/api/admin/flags", #"{"dual_write":true,"x":1}"#, ["x"]),
      ("/api/admin/flags", #"{"reason":2}"#, ["reason", "dual_write"]),
      ("/api/admin/rollback", #"{"reason":2}"#, ["reason"]),
      ("/api/admin/rollback", #"{"why":"x"}"#, ["why"]),
    ])
  func others(path: String, body: String, fields: [String]) async throws {
    try await withClient { client in
      let answer = try await client.admin(path.hasSuffix("flags") ? .patch : .post, path, body)
      #expect(try answer.faults(400) == fields)
      #expect(try await client.value("SELECT count(*) FROM switchyard.flag_history") == "0")
    }
  }
}
