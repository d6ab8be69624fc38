package import Migration
package import SQL

/// Copies what the old tables hold into the new ones, batch by batch, each in a transaction of its own.
package struct Backfill {
  package static let batchResultsDefault = 2_000

  private let migration: Migration
  private let database: any Database
  private let batchResults: Int

  package init(_ migration: Migration, database: any Database, batchResults: Int = batchResultsDefault) {
    self.migration = migration
    self.database = database
    self.batchResults = batchResults
  }

  /// Collector results that there are to copy.
  package func count() async throws(DatabaseError) -> Int {
    try await database.query(migration.copy.keyCount).integer(row: 0, column: 0) ?? 0
  }

  /// - Parameter progress: gets the number of results done so far after each batch.
  /// - Returns: results done, and rows written by table.
  package func run(
    progress: (Int) -> Void = { _ in }
  ) async throws -> (results: Int, written: [String: Int]) {
    var last = Int.min
    var results = 0
    var written: [String: Int] = [:]
    while true {
      let keys = try await nextKeys(after: last)
      guard let end = keys.last else {
        try await database.run(script: migration.copy.analyze.text)
        return (results, written)
      }
      let counts = try await database.transaction { session in
        _ = try await session.query(migration.copy.lock, [.array(keys)])
        return try await migration.copy.run(keys: keys, in: session)
      }
      last = end
      results += keys.count
      written.merge(counts, uniquingKeysWith: +)
      progress(results)
    }
  }

  private func nextKeys(after last: Int) async throws(DatabaseError) -> [Int] {
    let rows = try await database.query(migration.copy.nextKeys, [.integer(last), .integer(batchResults)])
    return (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }
  }
}
