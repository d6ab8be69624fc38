import EventLoop
import Postgres
import SQL
import TestSupport

/// A database of the test server that programs are given as `DATABASE_URL`.
struct ServerDatabase {
  let settings: ConnectionSettings
  let url: String

  /// - Parameter isFilled: with the old tables, and one brand with results that were scored.
  static func make(isFilled: Bool = true) async throws -> ServerDatabase {
    let (settings, url) = try await TestPostgres.databaseWithURL()
    let database = ServerDatabase(settings: settings, url: url)
    if isFilled { try await database.fill() }
    return database
  }

  static let brand = "00000000-0000-4000-8000-000000000001"

  /// The same server, another database.
  func url(of name: String) -> String { url.replacing(/\/test_[0-9a-f]+/) { _ in "/\(name)" } }

  func fill() async throws {
    try await run(Repository.text("Sources/Catalog/BrandMetrics/sql/old_schema.sql"))
    try await run(
      """
      INSERT INTO customers (id, name) VALUES ('\(Self.brand)', 'c');
      INSERT INTO brands (id, customer_id, name) VALUES ('\(Self.brand)', '\(Self.brand)', 'Acme');
      INSERT INTO generated_queries (id, brand_id, query_text) VALUES ('\(Self.brand)', '\(Self.brand)', 'q');
      INSERT INTO collector_results (brand_id, customer_id, query_id, collector_type, topic, raw_answer)
      SELECT id, id, id, 'chat', 'topic ' || n, 'Acme ' || n FROM brands, generate_series(1, 5) n;
      INSERT INTO extracted_positions (
        collector_result_id, brand_id, customer_id, query_id, collector_type, topic, brand_name, has_brand_presence,
        visibility_index)
      SELECT id, brand_id, customer_id, query_id, collector_type, topic, 'Acme', true, id FROM collector_results
      """)
  }

  /// - Parameter isOver: the session stays, and with it the transaction that the script leaves open, until this is true.
  func run(_ script: String, until isOver: @escaping @Sendable () -> Bool = { true }) async throws {
    let settings = settings
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      try await connection.run(script: script)
      while !isOver() { await loop.sleep(milliseconds: 10) }
    }
  }

  func rows(_ text: String) async throws -> [[String?]] { try await Self.rows(text, settings) }

  func value(_ text: String) async throws -> String? { try await rows(text)[0][0] }

  private static func rows(_ text: String, _ settings: ConnectionSettings) async throws -> [[String?]] {
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      let rows = try await connection.query(Statement(text))
      return (0..<rows.count).map { row in rows.columns.indices.map { rows.string(row: row, column: $0) } }
    }
  }
}
