import Migration
import SQL

/// Mends what a verification found: copies the keys again, and refreshes the view.
struct VerificationRepair {
  private static let batchKeys = 500

  private let run: JobRun

  init(_ run: JobRun) { self.run = run }

  /// - Returns: the number of keys copied again.
  func mend(_ state: Verification.State) async throws -> Int {
    let rows = try await run.database.query(
      Statement(file: PackageResources.differing_keys_sql), [.integer(state.id)])
    let keys = (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }
    let move = run.migration.copy
    for start in stride(from: 0, to: keys.count, by: Self.batchKeys) {
      try await run.pass()
      let batch = Array(keys[start..<min(start + Self.batchKeys, keys.count)])
      try await run.maintain { session in
        _ = try await session.query(move.lock, [.array(batch)])
        let refused = try await Refusals(run.migration).known(of: batch, in: session)
        _ = try await move.run(keys: batch, refused: refused, in: session)
        try await run.checkpoint(state, in: session)
      }
    }
    try await ViewRefresh(run.migration, database: run.database).run()
    return keys.count
  }
}
