package import Migration
package import SQL

/// Whether triggers copy what is written to the old tables. While it is off they leave it to the repair queue, where it
/// stays until it is on again.
package enum DualWriteSwitch {
  static let on = "dual-write-on"
  static let off = "dual-write-off"

  static let moves = [PhaseMove(on, .created, .dualWriting), PhaseMove(off, .dualWriting, .created)]
}

extension ControlStore {
  /// nil: the migration's new tables were not made yet.
  package func isDualWriting(_ migration: Migration) async throws(DatabaseError) -> Bool? {
    let rows = try await database.query(Statement(file: PackageResources.dual_write_list_sql), [.text(migration.name)])
    return rows.isEmpty ? nil : rows.boolean(row: 0, column: 0)
  }

  /// Returns when no transaction copies that saw the switch as it was. False: there is nothing to write twice yet.
  /// Throws `StepRefused` where the old tables are not written any more.
  package func setDualWrite(_ migration: Migration, on: Bool, by: String, reason: String?) async throws -> Bool {
    let phases = Phases(migration)
    let name = on ? DualWriteSwitch.on : DualWriteSwitch.off
    return try await database.transaction { session in
      let phase = try await phases.lock(in: session)
      if phase.isNewOnly { throw StepRefused(name, of: migration, phase: phase, missing: []) }
      let changed = try await session.query(
        Statement(file: PackageResources.dual_write_change_sql),
        [.text(migration.name), .boolean(on), .text(by), .text(reason)])
      try await phases.follow(name, by: Phases.Actor(by, reason: reason), in: session)
      return !changed.isEmpty
    }
  }
}
