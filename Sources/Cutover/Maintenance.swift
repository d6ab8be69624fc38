package import SQL

extension Session {
  /// First in a transaction of our own that touches a few keys of big tables: its plans, which are kept, use indexes even
  /// if they were made while a table was empty.
  package func beginMaintenance() async throws(DatabaseError) {
    _ = try await query(Statement("SELECT set_config('enable_seqscan', 'off', true)"))
  }

  /// From now on this transaction brings old rows back: the triggers on old and new tables leave it alone.
  func beginRestoring() async throws(DatabaseError) {
    _ = try await query(Statement("SELECT set_config('switchyard.is_restoring', 'on', true)"))
  }
}
