package import Migration
package import Postgres
import SQL

/// Fills an empty database with the old tables and the sample answers.
package struct SampleLoad {
  private let sample: SampleAnswers
  private let scale: Int
  private let migration: Migration
  private var schema: TableSchema { migration.schema }

  package init(_ sample: SampleAnswers, scale: Int, of migration: Migration) {
    self.sample = sample
    self.scale = scale
    self.migration = migration
  }

  /// Collector results that it loads.
  package var resultCount: Int { sample.count * scale }

  /// All or nothing, streaming. False: the sample answers are there already.
  /// - Parameters:
  ///   - now: seconds since 1970; the last answers were given on this day.
  ///   - progress: gets the number of collector results that have gone out.
  package func run(on connection: Connection, now: Int, progress: (Int) -> Void) async throws -> Bool {
    let place = SamplePlace(migration)
    guard try await place.isFree(in: connection) else { return false }
    _ = try await connection.query(Statement("BEGIN"))
    try await place.prepare(in: connection)
    let rows = SampleRows(sample, scale: scale, now: now)
    for (table, tableName, columns) in Self.targets {
      var chunks = rows.chunks(of: table)
      var sent = 0
      _ = try await connection.copy(Statement("COPY \(schema.qualified(tableName)) (\(columns)) FROM STDIN")) {
        let chunk = try chunks.next()
        if table == .results, chunk != nil {
          sent += sample.count
          progress(sent)
        }
        return chunk
      }
    }
    _ = try await connection.query(Statement("COMMIT"))
    // Not the wide table: PostgreSQL would learn that it is empty, and plan the scoring for that.
    _ = try await connection.query(
      Statement("ANALYZE \(Self.targets.map { schema.qualified($0.tableName) }.joined(separator: ", "))"))
    return true
  }

  private static let targets: [(table: SampleRows.Table, tableName: String, columns: String)] = [
    (.customers, "customers", "id, name"),
    (.brands, "brands", "id, customer_id, name"),
    (.competitors, "brand_competitors", "brand_id, competitor_name"),
    (.queries, "generated_queries", "id, brand_id, query_text, topic, keywords"),
    (
      .results, "collector_results",
      "brand_id, customer_id, query_id, collector_type, topic, raw_answer, citations, created_at"
    ),
  ]
}
