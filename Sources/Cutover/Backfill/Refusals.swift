import Migration
import SQL

/// Old rows that PostgreSQL refuses in the new tables although nothing that we know of is wrong with them.
struct Refusals {
  /// Rows of one key that are tried one by one; a key with more is skipped whole.
  private static let rowsMax = 200

  private let run: JobRun
  private let move: TableMove

  init(_ run: JobRun) {
    self.run = run
    move = run.migration.copy
  }

  func known(of keys: [Int], in session: any Session) async throws(DatabaseError) -> [OldRow] {
    try await Self.known(of: keys, run.migration, in: session)
  }

  /// Old rows that the last backfill found refused.
  static func known(
    of keys: [Int], _ migration: Migration, in session: any Session
  ) async throws(DatabaseError) -> [OldRow] {
    try await session.query(
      Statement(file: PackageResources.refused_known_sql), [.text(migration.name), .array(keys)]
    ).oldRows
  }

  /// Copies what can be copied of a key, and records each row that cannot.
  func isolate(_ key: Int, _ state: Backfill.State) async throws -> Backfill.State {
    try await run.maintain { session in
      _ = try await session.query(move.lock, [.array([key])])
      let rows = try await session.query(move.rows, [.array([key])]).oldRows
      var refused = rows
      if rows.count <= Self.rowsMax {
        for row in rows {
          let others = refused.filter { $0 != row }
          if try await isTaken(key, refused: others, in: session) { refused = others }
        }
      }
      _ = try await session.query(
        Statement(file: PackageResources.refused_record_sql),
        [.text(run.migration.name)] + refused.binds + [.integer(key)])
      var state = state
      state.add(try await move.run(keys: [key], refused: refused, in: session), keys: [key])
      try await run.checkpoint(state, in: session)
      return state
    }
  }

  /// Only a trial: what it writes is undone, so that the copy that follows counts all that it writes.
  private func isTaken(_ key: Int, refused: [OldRow], in session: any Session) async throws(DatabaseError) -> Bool {
    _ = try await session.query(Statement("SAVEPOINT attempt"))
    var isTaken = true
    do { _ = try await move.run(keys: [key], refused: refused, in: session) } catch  where !error.isTransient {
      isTaken = false
    }
    _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT attempt"))
    return isTaken
  }
}
