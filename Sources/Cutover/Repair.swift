package import Migration
package import SQL

/// Brings the new rows of results in the repair queue to what the old rows say.
package struct Repair {
  /// Results that one transaction repairs.
  private static let batchMax = 100
  /// A repair gives way to whoever holds its results longer, before PostgreSQL looks for deadlocks: its entries may be
  /// what that one waits for.
  private static let lockMillisecondsMax = 500

  private let migration: Migration
  private let database: any Database

  package init(_ migration: Migration, database: any Database) {
    self.migration = migration
    self.database = database
  }

  /// Repairs what is due. A batch that fails is tried again one by one, so that a bad result costs no other.
  /// - Returns: the number repaired.
  @discardableResult
  package func drain() async throws -> Int {
    try await enqueueMissedKeys()
    var repaired = 0
    while true {
      let batch = try await attempt(limit: Self.batchMax)
      repaired += batch.repaired
      if batch.failed {
        for _ in 0..<batch.claimed { repaired += try await attempt(limit: 1).repaired }
      }
      if batch.claimed < Self.batchMax { return repaired }
    }
  }

  private func enqueueMissedKeys() async throws {
    guard let keysMissedByTriggers = migration.keysMissedByTriggers else { return }
    try await OwnScans(migration).transaction(database) { session in
      guard ![.planned, .newOnly, .archived, .dropped].contains(try await Phases(migration).current(in: session)) else {
        return
      }
      _ = try await session.query(keysMissedByTriggers)
    }
  }

  private func attempt(limit: Int) async throws -> (claimed: Int, repaired: Int, failed: Bool) {
    try await OwnScans(migration).transaction(database) { session in
      let claimed = try await session.query(
        Statement(file: PackageResources.repair_claim_sql), [.text(migration.name), .integer(limit)])
      let keys = Set((0..<claimed.count).compactMap { claimed.integer(row: $0, column: 0) }).sorted()
      guard !keys.isEmpty else { return (0, 0, false) }
      var error = try await copy(keys, in: session)
      if error != nil, limit == 1 {
        // What a backfill found refused costs no other row of its key here either.
        let refused = try await Refusals(migration).known(of: keys, in: session)
        if !refused.isEmpty { error = try await copy(keys, refused: refused, in: session) }
      }
      guard let error else { return (keys.count, keys.count, false) }
      if limit == 1 {
        _ = try await session.query(
          Statement(file: PackageResources.repair_failed_sql),
          [.text(migration.name), .array(keys), .text(error.description)])
      }
      return (keys.count, 0, limit > 1)
    }
  }

  /// - Returns: why it was not possible; then nothing has changed.
  private func copy(
    _ keys: [Int], refused: [OldRow] = [], in session: any Session
  ) async throws(DatabaseError) -> DatabaseError? {
    _ = try await session.query(Statement("SAVEPOINT repair"))
    do {
      _ = try await session.query(Statement("SET LOCAL lock_timeout = \(Self.lockMillisecondsMax)"))
      _ = try await session.query(migration.copy.lock, [.array(keys)])
      _ = try await session.query(
        Statement(file: PackageResources.repair_done_sql), [.text(migration.name), .array(keys)])
      _ = try await migration.copy.run(keys: keys, refused: refused, in: session)
      return nil
    } catch {
      _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT repair"))
      return error
    }
  }
}
