import Foundation
import Migration
import QueryAdapter
import Rollout
import SQL
import Testing

/// Rows in, the bytes of a body out.
@Suite struct BodyTests {
  private static let noPoints = Rows("section", rows: [])

  private static func body(
    subject: Rows = Rows("id", rows: [["x"]]), _ rows: Rows = noPoints, _ sections: Section...,
    echo: [Question.Echo] = []
  ) async -> String {
    let database = ScriptedDatabase(["subject.old": .rows(subject: subject, rows)])
    let question = SampleQuestion.about(sections, echo: echo)
    let answer = await QueryAdapter(database: database, flags: FlagBox()).answer(question)
    guard case .body(let bytes, _) = answer else { return "\(answer)" }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("subject, echoed parameters, sections, in this order")
  func order() async {
    let body = await Self.body(
      subject: Rows("brand_id", "brand_name", rows: [["1", "B"]]), Rows("section", "n#", rows: [["points", "1"]]),
      Section("points"),
      echo: [.text("start", "2025-01-01"), .list("collectors", ["a", "b"]), .text("interval", "day")])
    #expect(
      body
        == #"{"brand_id":"1","brand_name":"B","start":"2025-01-01","collectors":["a","b"],"interval":"day","points":[{"n":1}]}"#
    )
  }

  @Test("a list that was not given is null, an empty one is an array")
  func lists() async {
    #expect(
      await Self.body(echo: [.list("a", nil), .list("b", []), .list("c", ["\""])])
        == #"{"id":"x","a":null,"b":[],"c":["\""]}"#)
  }

  @Test("rows go to the section that their first column names")
  func sections() async {
    let rows = Rows(
      "section", "n#",
      rows: [["totals", "1"], ["daily", "2"], ["daily", "3"], ["daily2", "4"]])
    let body = await Self.body(
      rows, Section("totals", .object), Section("none"), Section("daily"), Section("daily2"), Section("last"))
    #expect(
      body == #"{"id":"x","totals":{"n":1},"none":[],"daily":[{"n":2},{"n":3}],"daily2":[{"n":4}],"last":[]}"#)
  }

  @Test("a section shows the columns that it names, in the rows' order")
  func columns() async {
    let rows = Rows(
      "section", "a#", "b#", "c#", rows: [["one", "1", "2", "3"], ["two", "4", "5", "6"], ["all", "7", "8", "9"]])
    let body = await Self.body(
      rows, Section("one", .object, columns: ["c", "a"]), Section("two", columns: []), Section("all"))
    #expect(body == #"{"id":"x","one":{"a":1,"c":3},"two":[{}],"all":[{"a":7,"b":8,"c":9}]}"#)
  }

  @Test("every form of cell, and NULL in each")
  func forms() async {
    let rows = Rows(
      "section", "n#", "b?", "j{}", "t",
      rows: [
        ["points", "33.30", "t", #"{ "a" : [ 1, "x  y" ] }"#, "12"], ["points", "0.00", "f", "null", ""],
        ["points", "-12345678901234567890.10", "t", #""a \" b""#, "null"], ["points", nil, nil, nil, nil],
      ])
    #expect(
      await Self.body(rows, Section("points")) == """
        {"id":"x","points":[{"n":33.30,"b":true,"j":{"a":[1,"x  y"]},"t":"12"},{"n":0.00,"b":false,"j":null,"t":""},\
        {"n":-12345678901234567890.10,"b":true,"j":"a \\" b","t":"null"},{"n":null,"b":null,"j":null,"t":null}]}
        """)
  }

  @Test("the column that tells of repair is not shown, wherever it stands", arguments: 0..<3)
  func repairColumn(_ place: Int) async {
    let subject =
      switch place {
      case 0: Rows("needs_repair?", "a", "b", rows: [["f", "1", "2"]])
      case 1: Rows("a", "needs_repair?", "b", rows: [["1", "f", "2"]])
      default: Rows("a", "b", "needs_repair?", rows: [["1", "2", "f"]])
      }
    #expect(await Self.body(subject: subject) == #"{"a":"1","b":"2"}"#)
  }

  static let hostile =
    (0..<0x80).map { String(UnicodeScalar(UInt8($0))) } + [
      "\u{80}", "é", "e\u{301}", "\u{2028}\u{2029}", "\u{FFFF}", "🦉", "\\u0041", "\\\"", "</script>", "\r\n",
      "\u{10FFFF}",
    ]

  @Test("every ASCII character and other awkward text comes out as it went in, in values and in keys")
  func escaping() async throws {
    for text in Self.hostile {
      let rows = Rows("section", text + ".", rows: [["points", text]])
      let body = await Self.body(rows, Section("points"), echo: [.text("e", text), .list("l", [text])])
      let json = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
      let points = try #require(json?["points"] as? [[String: String]])
      #expect(
        points.map { $0.map { [$0.key, $0.value].map { Array($0.utf8) } } } == [
          [[Array((text + ".").utf8), Array(text.utf8)]]
        ])
      #expect((json?["e"] as? String).map { Array($0.utf8) } == Array(text.utf8))
      #expect((json?["l"] as? [String])?.map { Array($0.utf8) } == [Array(text.utf8)])
      #expect(!body.utf8.contains { $0 < 0x20 }, "control characters are escaped")
    }
  }

  @Test("text beyond ASCII is not escaped")
  func nonASCII() async {
    #expect(
      await Self.body(subject: Rows("id", rows: [["Käuzli 🦉 \u{2028}\u{FEFF}/"]]))
        == "{\"id\":\"Käuzli 🦉 \u{2028}\u{FEFF}/\"}")
  }

  @Test("a body of many rows keeps them all, in order")
  func manyRows() async {
    let numbers = (0..<5_000).map(String.init)
    let body = await Self.body(Rows("section", "n#", rows: numbers.map { ["points", $0] }), Section("points"))
    #expect(body == "{\"id\":\"x\",\"points\":[\(numbers.map { "{\"n\":\($0)}" }.joined(separator: ","))]}")
  }

  @Test("rows that no section takes are a broken invariant, not an answer")
  func strayRows() async {
    await #expect(processExitsWith: .failure) {
      _ = await Self.body(Rows("section", rows: [["points"], ["stray"]]), Section("points"))
    }
    await #expect(processExitsWith: .failure) {
      _ = await Self.body(Rows("section", rows: [["b"], ["a"]]), Section("a"), Section("b"))
    }
  }

  @Test("a section that is an object has exactly one row")
  func objectRows() async {
    await #expect(processExitsWith: .failure) { _ = await Self.body(Self.noPoints, Section("o", .object)) }
    await #expect(processExitsWith: .failure) {
      _ = await Self.body(Rows("section", rows: [["o"], ["o"]]), Section("o", .object))
    }
  }
}
