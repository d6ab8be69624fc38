import Catalog
import EventLoop
import Migration
import Postgres
import Rollout
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct CollationTests {
  /// In this collation `a` sorts before `B`, and punctuation hardly counts.
  @Test("text sorts by code point and ASCII alone is put in lower case, whatever the database's collation is")
  func otherCollation() async throws {
    let world = SampleWorld.make(seed: 91)
    try await onLoop { loop in
      let settings = try await Self.englishDatabase(on: loop)
      let stage = try await Stage.open(world, on: loop, settings: settings)
      defer { stage.close() }
      #expect(try await stage.value("SELECT 'a' < 'B'") == "t")
      try await stage.refresh()
      var generator = SeededGenerator(seed: world.seed)
      let oracle = Oracle(world: world)
      for inquiry in Inquiry.paths.flatMap({ Inquiries.make($0, 40, for: world, &generator) }) {
        let expected = Array(oracle.body(inquiry).utf8)
        for schema in Schema.allCases {
          let body = Array(try await stage.body(inquiry, from: schema).utf8)
          try #require(body == expected, "seed \(world.seed), \(schema): \(inquiry.label)")
        }
      }
      let rows = try await stage.pool.query(BrandMetrics.migration().subject.list!, [])
      let names = (0..<rows.count).compactMap { rows.string(row: $0, column: 1) }
      #expect(names == world.brands.map(\.name).sorted { Text($0) < Text($1) })
    }
  }

  private static func englishDatabase(on loop: EventLoop) async throws -> ConnectionSettings {
    let settings = try await TestPostgres.database()
    let connection = try await Connection.open(settings, on: loop)
    defer { connection.close() }
    let rows = try await connection.query(Statement("SELECT current_database() || '_en'"))
    let name = rows.string(row: 0, column: 0)!
    _ = try await connection.query(
      Statement("CREATE DATABASE \(name) TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"))
    return settings.with(database: name, statementMillisecondsMax: 60_000)
  }
}
