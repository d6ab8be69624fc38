import Foundation
import Postgres
import SQL
import TestSupport
import Testing

@testable import Demo

@Suite struct SampleDataTests {
  private static func sample() throws -> SampleAnswers {
    try SampleAnswers(folder: Repository.root.appending(path: "Data/answers").path)
  }

  private static let day = 86_400

  /// A midnight, seconds around it, the middle of a day, a leap day.
  static let moments = [1_735_689_600, 1_735_689_599, 1_735_689_601, 1_735_732_800, 1_709_164_800 + 50_000]

  @Test("the last day is today, nothing is in the future, and all is within 90 days", arguments: moments)
  func dates(_ now: Int) throws {
    let rows = SampleRows(try Self.sample(), scale: 25, now: now)
    let formatter = ISO8601DateFormatter()
    for repetition in 0..<25 {
      let times = try rows.results(repetition).map { row in
        let text = row[7]!.replacing(" ", with: "T").replacing("+00", with: "Z")
        return Int(try #require(formatter.date(from: text), "\(text)").timeIntervalSince1970)
      }
      #expect(times.allSatisfy { $0 <= now })
      #expect(times.allSatisfy { now / Self.day - $0 / Self.day < 90 })
      if repetition == 0 { #expect(times.contains { $0 / Self.day == now / Self.day }) }
    }
  }

  @Test("ids are the same on every machine, and different from each other")
  func ids() throws {
    let rows = SampleRows(try Self.sample(), scale: 41, now: 0)
    let brand = rows.brands(0).first { $0[2] == "Bramble & Oake" }
    #expect(brand?[0] == "61edf625-bf7c-877f-a1fb-3e98f591c70f")
    var ids: [String] = []
    for set in 0..<3 {
      for row in rows.customers(set) + rows.brands(set) + rows.queries(set) {
        #expect(row[0]!.wholeMatch(of: /[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        ids.append(row[0]!)
      }
    }
    #expect(Set(ids).count == ids.count)
  }

  @Test("hostile text comes back from COPY as it went in")
  func copyText() async throws {
    let texts: [String?] =
      (1..<0x80).map { String(UnicodeScalar(UInt8($0))) } + [
        nil, "", "\\N", "\\\\N", "\\.", "\\n", "a\\", "\\\t\\", "\r\n", "a\tb\nc\rd\\e", "ä🦉\u{FEFF}",
        "{\"a\":\"\\u0041\"}", " x ",
        "\\x41", "\\101", "NULL", "\u{2028}",
      ]
    let rows = texts.enumerated().map { index, text in [String(index), text, text] }
    let settings = try await TestPostgres.database()
    let answer = try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: "CREATE TABLE hostile (id INTEGER, a TEXT, b TEXT)")
      var chunk: [UInt8]? = CopyText.encode(rows)
      _ = try await connection.copy(Statement("COPY hostile FROM STDIN")) {
        defer { chunk = nil }
        return chunk
      }
      let answer = try await connection.query(Statement("SELECT id, a, b FROM hostile ORDER BY id"))
      return (0..<answer.count).map { row in (0..<3).map { answer.string(row: row, column: $0) } }
    }
    #expect(answer.count == rows.count)
    for (got, sent) in zip(answer, rows) {
      #expect(got.map { $0.map { Array($0.utf8) } } == sent.map { $0.map { Array($0.utf8) } }, "\(sent)")
    }
  }
}
