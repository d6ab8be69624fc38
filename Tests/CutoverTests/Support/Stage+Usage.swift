import Cutover
import EventLoop
import SQL
import TestSupport

extension Stage {
  /// The only session of a database that others have filled.
  static func watching(on loop: EventLoop, _ fill: (Stage) async throws -> Void) async throws -> Stage {
    let filler = try await Stage.open(on: loop, isCreated: false)
    let watcher = try await Stage.join(filler.settings, on: loop, connections: 1)
    try await fill(filler)
    filler.close()
    try await watcher.waitUntilAlone()
    return watcher
  }

  /// Does something in sessions of its own, which have ended then: PostgreSQL has counted all they did.
  func elsewhere(_ body: (Stage) async throws -> Void) async throws {
    let other = try await Stage.join(settings, on: loop, connections: 3)
    do { try await body(other) } catch {
      other.close()
      throw error
    }
    other.close()
    try await waitUntilAlone()
  }

  private func waitUntilAlone() async throws {
    try await eventually("all other sessions have ended", on: loop) {
      try await count(
        """
        pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
        """) == 0
    }
  }

  func sample() async throws { try await UsageClock(Self.migration, database: pool).sample() }

  /// How long nobody has read the old table.
  func unreadDays() async throws -> Int? { try await phases.evidence(in: pool).unreadDays }

  func pretendUnread(days: Int) async throws {
    try await run("UPDATE switchyard.usage_clocks SET unread_since = now() - interval '\(days) days'")
  }

  /// What PostgreSQL has counted of the old table.
  func scans() async throws -> Int {
    Int(
      try await value(
        "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'extracted_positions'"
      )!)!
  }
}
