import CivilTime
import HTTP
import JSON
import Testing

@testable import API

struct ParameterFault: Sendable, CustomTestStringConvertible {
  let query: String
  let status: Int
  let fields: [String]
  var path = "dashboard"
  var brand = SampleData.brand

  var testDescription: String { "\(path)?\(query) \(brand)" }
}

private let parameterFaults: [ParameterFault] = [
  ParameterFault(query: "start=yesterday", status: 400, fields: ["start"]),
  ParameterFault(query: "start=2026-1-01", status: 400, fields: ["start"]),
  ParameterFault(query: "start=2026-02-30", status: 400, fields: ["start"]),
  ParameterFault(query: "start=2025-02-29", status: 400, fields: ["start"]),
  ParameterFault(query: "start=2026-13-01", status: 400, fields: ["start"]),
  ParameterFault(query: "start=2026-00-10", status: 400, fields: ["start"]),
  ParameterFault(query: "start=0000-01-01&end=0000-01-02", status: 400, fields: ["start", "end"]),
  ParameterFault(query: "start=", status: 400, fields: ["start"]),
  ParameterFault(query: "start", status: 400, fields: ["start"]),
  ParameterFault(query: "end=2026-04-31", status: 400, fields: ["end"]),
  ParameterFault(query: "end=2026-03-31T00:00:00Z", status: 400, fields: ["end"]),
  ParameterFault(query: "end=%D9%A2026-03-31", status: 400, fields: ["end"]),
  ParameterFault(query: "end=%202026-03-31", status: 400, fields: ["end"]),
  ParameterFault(query: "end=", status: 400, fields: ["end"]),
  ParameterFault(query: "start=2026-01-01&start=2026-01-01", status: 400, fields: ["start"]),
  ParameterFault(query: "start=x&start=2026-01-01", status: 400, fields: ["start"]),
  ParameterFault(query: "end=2026-01-01&end=2026-01-01", status: 400, fields: ["end"]),
  ParameterFault(query: "collectors=", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=,", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=a,,b", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=a,", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=,a", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=a%2C", status: 400, fields: ["collectors"]),
  ParameterFault(query: "collectors=a&collectors=b", status: 400, fields: ["collectors"]),
  ParameterFault(query: "start=a&end=b&collectors=", status: 400, fields: ["start", "end", "collectors"]),
  ParameterFault(query: "", status: 400, fields: ["brand_id"], brand: "8d6f2c1e"),
  ParameterFault(query: "", status: 400, fields: ["brand_id"], brand: "8d6f2c1e4b7a4e0c9a513f0f6f1f7a01"),
  ParameterFault(
    query: "", status: 400, fields: ["brand_id"],
    brand: "{8d6f2c1e-4b7a-4e0c-9a51-3f0f6f1f7a01}".replacing("{", with: "%7B").replacing("}", with: "%7D")),
  ParameterFault(query: "", status: 400, fields: ["brand_id"], brand: "8d6f2c1g-4b7a-4e0c-9a51-3f0f6f1f7a01"),
  ParameterFault(query: "", status: 400, fields: ["brand_id"], brand: "'%20OR%201=1--"),
  ParameterFault(
    query: "start=a&end=b&collectors=", status: 400, fields: ["brand_id", "start", "end", "collectors"], brand: "x"),
  ParameterFault(query: "interval=year", status: 400, fields: ["interval"], path: "visibility"),
  ParameterFault(query: "interval=", status: 400, fields: ["interval"], path: "visibility"),
  ParameterFault(query: "interval=Day", status: 400, fields: ["interval"], path: "visibility"),
  ParameterFault(query: "interval=day&interval=day", status: 400, fields: ["interval"], path: "visibility"),
  ParameterFault(query: "start=x&interval=year", status: 400, fields: ["start", "interval"], path: "visibility"),
  ParameterFault(
    query: "start=2026-02-02&end=2026-01-01&interval=year", status: 400, fields: ["interval"], path: "visibility"),
  ParameterFault(query: "start=2026-01-02&end=2026-01-01", status: 422, fields: ["start"]),
  ParameterFault(query: "start=9999-12-31", status: 422, fields: ["start"]),
  ParameterFault(query: "start=2016-01-01&end=2026-01-08", status: 422, fields: ["start"]),
  ParameterFault(query: "start=0001-01-01", status: 422, fields: ["start"]),
  ParameterFault(query: "end=0001-01-05", status: 422, fields: ["end"]),
  // what is malformed comes before what is impossible, and both before what does not exist
  ParameterFault(query: "start=2026-01-02&end=2026-01-01&collectors=", status: 400, fields: ["collectors"]),
  ParameterFault(
    query: "start=2026-01-02&end=2026-01-01", status: 422, fields: ["start"], brand: SampleData.unknownBrand),
  ParameterFault(query: "start=x", status: 400, fields: ["start"], brand: SampleData.unknownBrand),
  ParameterFault(query: "", status: 404, fields: [], brand: SampleData.unknownBrand),
]

@Suite("parameters of the read endpoints")
struct ServiceParametersTests {
  @Test("every fault names its fields", arguments: parameterFaults)
  func faults(fault: ParameterFault) async throws {
    try await withClient { client in
      let answer = try await client.get("/api/brands/\(fault.brand)/\(fault.path)?\(fault.query)")
      #expect(try answer.faults(fault.status) == fault.fields, "\(answer.text)")
      #expect(answer.header("X-Schema") == nil)
    }
  }

  @Test("every endpoint checks them", arguments: Endpoint.all)
  func everywhere(endpoint: Endpoint) async throws {
    try await withClient { client async throws in
      #expect(try await client.get(endpoint.target("x", "start=x")).faults(400) == ["brand_id", "start"])
      #expect(
        try await client.get(endpoint.target(SampleData.brand, "start=2026-01-02&end=2026-01-01")).faults(422) == [
          "start"
        ])
      #expect(try await client.get(endpoint.target(SampleData.unknownBrand)).faults(404) == [])
    }
  }

  @Test(
    "dates that are taken, and what they stand for",
    arguments: [
      ("start=2016-01-01&end=2026-01-07", "2016-01-01", "2026-01-07"),  // 3,660 days
      ("start=2024-02-29&end=2024-02-29", "2024-02-29", "2024-02-29"),
      ("end=2026-03-31", "2026-03-02", "2026-03-31"),
      ("end=0001-01-30", "0001-01-01", "0001-01-30"),
      ("start=9999-12-31&end=9999-12-31", "9999-12-31", "9999-12-31"),
      ("start=0001-01-01&end=0001-01-01&unknown=1&unknown=2", "0001-01-01", "0001-01-01"),
    ])
  func dates(query: String, start: String, end: String) async throws {
    try await withClient { client in
      for schema in ["old", "new"] {
        let answer = try await client.get(
          "/api/brands/\(SampleData.brand)/dashboard?\(query)", Client.asAdmin, "X-Schema-Override: \(schema)")
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.header("X-Schema") == schema)
        let body = try answer.json()
        #expect(body["start"]?.string == start)
        #expect(body["end"]?.string == end)
      }
    }
  }

  @Test("without dates the range is the 30 days that end today; with only a start it ends today")
  func defaults() throws {
    let today = try #require(Day("2026-03-05"))
    func range(_ start: String?, _ end: String?) throws -> [String] {
      let range = try DayRange(start: start.flatMap { Day($0) }, end: end.flatMap { Day($0) }, today: today)
      return [range.start.description, range.end.description]
    }
    #expect(try range(nil, nil) == ["2026-02-04", "2026-03-05"])
    #expect(try range("2026-03-05", nil) == ["2026-03-05", "2026-03-05"])
    #expect(try range("2020-01-01", nil) == ["2020-01-01", "2026-03-05"])
    #expect(try range(nil, "2030-01-30") == ["2030-01-01", "2030-01-30"])
  }

  @Test(
    "collectors are echoed once each, in the order asked",
    arguments: [
      ("claude", #"["claude"]"#, 30),
      ("claude,chatgpt", #"["claude","chatgpt"]"#, 90),
      ("claude%2Cchatgpt", #"["claude","chatgpt"]"#, 90),
      ("claude,chatgpt,claude,chatgpt,claude", #"["claude","chatgpt"]"#, 90),
      ("Claude", #"["Claude"]"#, 0),
      ("+claude", #"[" claude"]"#, 0),
      ("nobody", #"["nobody"]"#, 0),
      ("%22,%5C,%7B%7D,NULL,null", #"["\"","\\","{}","NULL","null"]"#, 0),
      // é in one code point and in two are two names; a mark after a comma is a name of its own
      ("%C3%A9,e%CC%81", "[\"\u{E9}\",\"e\u{301}\"]", 0),
      ("a,%CC%81b", "[\"a\",\"\u{301}b\"]", 0),
    ])
  func collectors(list: String, echo: String, responses: Int) async throws {
    try await withClient { client in
      for schema in ["old", "new"] {
        let answer = try await client.get(
          Endpoint.all[0].target() + "&collectors=\(list)", Client.asAdmin, "X-Schema-Override: \(schema)")
        #expect(answer.status == 200)
        #expect(answer.header("X-Schema") == schema)
        // compared by bytes: Swift takes the two forms of é for equal
        let part = Array(#""collectors":\#(echo),"totals""#.utf8)
        #expect(Array(answer.text.utf8).firstRange(of: part) != nil, "\(answer.text)")
        #expect(try answer.json()["totals"]?["total_responses"]?.integer == responses)
      }
    }
  }

  @Test("a brand id is taken in either case and answered in lower case", arguments: Endpoint.all)
  func caseOfIds(endpoint: Endpoint) async throws {
    try await withClient { client in
      let lower = try await client.get(endpoint.target())
      let upper = try await client.get(endpoint.target(SampleData.brand.uppercased()))
      #expect(upper.status == 200)
      #expect(upper.text == lower.text)
    }
  }
}
