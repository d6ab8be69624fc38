import Cutover
import EventLoop
import TestSupport

extension MigrationStage {
  /// Does something in sessions of its own, which have ended then: PostgreSQL has counted all they did.
  func elsewhere(_ body: (Self) async throws -> Void) async throws {
    let other = Self.join(settings, on: loop, in: schema, connections: 2)
    do { try await body(other) } catch {
      other.close()
      throw error
    }
    other.close()
    try await waitUntilAlone()
  }

  func waitUntilAlone() async throws {
    try await eventually("all other sessions have ended", on: loop) {
      try await count(
        """
        pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        """) == 0
    }
  }

  func sampleUsage() async throws { try await UsageClock(migration, database: pool).sample() }

  func unreadDays() async throws -> Int? { try await Phases(migration).evidence(in: pool).unreadDays }
}
