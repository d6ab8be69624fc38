package import Migration
package import SQL

/// Writes the new side of results whose old rows the same transaction has just written.
///
/// A failure on the new side never costs the old one: it stays behind a savepoint, and the results enter the
/// repair queue in the same commit.
package struct DualWrite {
  /// What a transaction is to write.
  package enum Target: Equatable, Sendable {
    /// There are no new tables yet.
    case old
    /// The old rows, and the repair queue: dual write is off.
    case oldAndQueue
    case both
    /// The old table is on its way out.
    case new
  }

  package enum Outcome: Equatable {
    /// New rows written, by table.
    case written([String: Int])
    /// In the repair queue.
    case queued(DatabaseError?)
    /// There is nothing to write twice.
    case notCreated
  }

  package let migration: Migration

  package init(_ migration: Migration) { self.migration = migration }

  /// Holds what is to be written until the transaction ends.
  package func target(in session: any Session) async throws(DatabaseError) -> Target {
    let held = try await session.query(Statement(file: PackageResources.dual_write_hold_sql), [.text(migration.name)])
    guard !held.isEmpty else { return .old }
    if held.boolean(row: 0, column: 0) { return .both }
    return held.string(row: 0, column: 1).flatMap { Phase(rawValue: $0) }?.isNewOnly == true ? .new : .oldAndQueue
  }

  /// - Parameters:
  ///   - session: in the transaction that wrote the old rows.
  ///   - keys: the results.
  ///   - subject: whose results they are; its reads stay on the old schema while one of them awaits repair.
  package func write(
    _ target: Target, keys: [Int], subject: String, in session: any Session
  ) async throws(DatabaseError) -> Outcome {
    switch target {
    case .old, .new: return .notCreated
    case .oldAndQueue:
      try await enqueue(keys, subject, reason: "dual write was off", in: session)
      return .queued(nil)
    case .both: break
    }
    _ = try await session.query(Statement("SAVEPOINT new_side"))
    do {
      _ = try await session.query(
        Statement(file: PackageResources.repair_done_sql), [.text(migration.name), .array(keys)])
      let counts = try await migration.copy.run(keys: keys, in: session)
      _ = try await session.query(Statement("RELEASE SAVEPOINT new_side"))
      return .written(counts.written)
    } catch {
      _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT new_side"))
      try await enqueue(keys, subject, reason: error.description, in: session)
      return .queued(error)
    }
  }

  private func enqueue(
    _ keys: [Int], _ subject: String, reason: String, in session: any Session
  ) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.repair_enqueue_sql),
      [.text(migration.name), .array(keys), .text(subject), .text(reason)])
  }
}
