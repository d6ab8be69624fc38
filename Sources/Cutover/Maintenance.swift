package import SQL

extension Session {
  /// First in a transaction of our own that touches a few keys of big tables. The triggers that watch other writers
  /// leave it alone, and its plans, which are kept, use indexes even if they were made while a table was empty.
  package func beginMaintenance() async throws(DatabaseError) {
    _ = try await query(
      Statement("SELECT set_config('switchyard.is_writing', 'on', true), set_config('enable_seqscan', 'off', true)"))
  }
}
