package import Migration
package import SQL

/// Makes a migration's new tables beside the old ones, and turns dual write on.
package struct Creation {
  private let migration: Migration
  private let actor: Phases.Actor

  package init(_ migration: Migration, by actor: Phases.Actor) {
    self.migration = migration
    self.actor = actor
  }

  /// All or nothing, in the caller's transaction. False: they exist already; what other programs write can be watched
  /// from then on all the same.
  ///
  /// It waits for every writer who has looked whether there is something to write twice, so all who come later write
  /// both sides.
  package func run(isMirroring: Bool = false, in session: any Session) async throws -> Bool {
    _ = try await session.query(Statement(file: PackageResources.creation_lock_sql))
    let phases = Phases(migration)
    guard try await phases.current(in: session) == .planned else {
      if isMirroring { try await session.run(script: migration.expansion.mirror.text) }
      return false
    }
    for script in migration.expansion.create { try await session.run(script: script.text) }
    _ = try await session.query(Statement(file: PackageResources.migration_created_sql), [.text(migration.name)])
    try await ControlStore.addFlags(of: migration, in: session)
    try await phases.take(.create, by: actor, in: session)
    try await phases.take(.dualWriteOn, by: actor, in: session)
    if isMirroring { try await session.run(script: migration.expansion.mirror.text) }
    return true
  }
}
