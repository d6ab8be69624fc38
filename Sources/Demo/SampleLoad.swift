package import Migration
package import Postgres
import SQL

/// Fills an empty database with the old tables and the sample answers.
package struct SampleLoad {
  private let sample: SampleAnswers
  private let scale: Int
  private let oldSchema: Script

  package init(_ sample: SampleAnswers, scale: Int, oldSchema: Script) {
    self.sample = sample
    self.scale = scale
    self.oldSchema = oldSchema
  }

  /// Collector results that it loads.
  package var resultCount: Int { sample.count * scale }

  package struct NotEmpty: Error, CustomStringConvertible {
    package let description =
      "demo needs an empty database, and this one has tables that demo did not make; they stay as they are"
  }

  /// All or nothing, streaming. False: the sample answers are there already.
  /// - Parameters:
  ///   - now: seconds since 1970; the last answers were given on this day.
  ///   - progress: gets the number of collector results that have gone out.
  package func run(on connection: Connection, now: Int, progress: (Int) -> Void) async throws -> Bool {
    let found = try await connection.query(Statement(file: PackageResources.demo_found_sql))
    if found.boolean(row: 0, column: 1) { return false }
    if found.boolean(row: 0, column: 0) { throw NotEmpty() }
    _ = try await connection.query(Statement("BEGIN"))
    try await connection.run(script: oldSchema.text)
    _ = try await connection.query(
      Statement("COMMENT ON TABLE collector_results IS 'Sample answers of switchyard demo'"))
    let rows = SampleRows(sample, scale: scale, now: now)
    for (table, tableName, columns) in Self.targets {
      var chunks = rows.chunks(of: table)
      var sent = 0
      _ = try await connection.copy(Statement("COPY \(tableName) (\(columns)) FROM STDIN")) {
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
    _ = try await connection.query(Statement("ANALYZE \(Self.targets.map(\.tableName).joined(separator: ", "))"))
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
