import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

/// The text form of arrays (PostgreSQL section 8.15.2), read by PostgreSQL itself.
@Suite struct ArrayBindTests {
  private static let hostile = [
    "", " ", "  lead", "trail  ", "NULL", "null", "\"", "\\", "\\\\", "\\\"", "{", "}", "{}", "{a,b}", ",", "a,b", "'",
    "''",
    "$1", "$$", "--", ";", "/*", "\n", "\r\n", "\t", "\u{1}", "\u{7F}", "\u{85}", "\u{2028}", "\u{FEFF}", "Käuzli",
    "Ka\u{308}uzli", "🦉", "👩‍👩‍👧‍👦", "\u{10FFFF}", "a\"b\\c{d}e,f", String(repeating: "\\\"", count: 10_000),
  ]

  @Test func everyHostileStringComesBack() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      for strings in [Self.hostile, Self.hostile.reversed(), []] + Self.hostile.map({ [$0] }) {
        let rows = try await pool.query(
          Statement(name: "unnest", "SELECT u FROM unnest($1::text[]) WITH ORDINALITY AS a (u, n) ORDER BY n"),
          [.array(strings)])
        let back = (0..<rows.count).map { Array(rows.cell(row: $0, column: 0)) }
        #expect(back == strings.map { Array($0.utf8) })
      }
    }
  }

  @Test func seededRandomStringsComeBack() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let letters = Array("\"\\{},NULnul '\n\t\r$;🦉ä").map(String.init)
      for seed in UInt64(1)...200 {
        var random = SeededGenerator(seed: seed)
        let strings = (0..<random.below(20)).map { _ in
          (0..<random.below(12)).map { _ in letters[random.below(letters.count)] }.joined()
        }
        let rows = try await pool.query(
          Statement(name: "unnest", "SELECT u FROM unnest($1::text[]) WITH ORDINALITY AS a (u, n) ORDER BY n"),
          [.array(strings)])
        #expect((0..<rows.count).map { rows.string(row: $0, column: 0) } == strings, "seed \(seed)")
      }
    }
  }

  @Test func otherValuesComeBack() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      let pool = Pool.patient(settings, connections: 1, on: loop)
      defer { pool.close() }
      let integers = [1, -1, .max, .min]
      let cases: [(String, Bind, String)] = [
        (
          "SELECT array_to_string($1::bigint[], ' ')", .array(integers),
          integers.map(String.init).joined(separator: " ")
        ),
        ("SELECT cardinality($1::bigint[])", .array([] as [Int]), "0"),
        ("SELECT $1::text[] IS NULL", .array(nil as [String]?), "t"), ("SELECT $1::bool::int", .boolean(true), "1"),
        ("SELECT $1::bool::int", .boolean(false), "0"), ("SELECT $1::bigint", .integer(.min), "\(Int.min)"),
        ("SELECT coalesce($1::text, 'none')", .null, "none"), ("SELECT $1::text = ''", .text(""), "t"),
      ]
      for (text, bind, expected) in cases {
        let answer = try await pool.value(text, [bind])
        #expect(answer == expected, "\(text)")
      }
    }
  }
}
