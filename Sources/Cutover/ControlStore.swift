package import Migration
package import Rollout
package import SQL

/// What the control plane keeps in the PostgreSQL schema `switchyard`: flags, their history, which migrations
/// have been created and whether they write twice.
package struct ControlStore {
  /// Changes that one look at the history shows.
  private static let historyMax = 1_000
  /// Processes hear on it that a flag has changed.
  package static let flagChannel = "switchyard_flags"

  let database: any Database
  private let migrations: [Migration]
  let services: [String]

  package init(database: any Database, migrations: [Migration]) {
    self.database = database
    self.migrations = migrations
    services = migrations.flatMap(\.services).map(\.name)
  }

  /// Makes what is missing of the schema, and a flag for each service of the migrations that are here.
  package func prepare() async throws {
    try await database.transaction { session in
      try await session.run(script: Script(PackageResources.control_sql).text)
      for migration in try await migrations.here(in: session) { try await Self.addFlags(of: migration, in: session) }
    }
  }

  static func addFlags(of migration: Migration, in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.flags_add_sql), [.array(migration.services.map(\.name))])
  }

  /// Those that have a flag, in the catalog's order.
  package func listServices() async throws(DatabaseError) -> [String] {
    let flags = try await listFlags()
    return (0..<flags.count).compactMap { flags.string(row: $0, column: 0) }
  }

  /// The flags as the API shows them.
  package func listFlags() async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.flags_list_sql), [.array(services)])
  }

  /// The flags, and a snapshot: what it saw is in them.
  package func flagSet() async throws(DatabaseError) -> (flags: FlagSet, snapshot: String) {
    let rows = try await database.read([
      (Statement(file: PackageResources.snapshot_sql), []),
      (Statement(file: PackageResources.flags_list_sql), [.array(services)]),
      (Statement(file: PackageResources.phases_list_sql), []),
    ])
    let newOnly = (0..<rows[2].count).filter {
      rows[2].string(row: $0, column: 1).flatMap { Phase(rawValue: $0) }?.isNewOnly == true
    }.compactMap { rows[2].string(row: $0, column: 0) }
    let retired = migrations.filter { newOnly.contains($0.name) }.flatMap(\.services).map(\.name)
    return (FlagSet(rows: rows[1], newOnly: Set(retired)), rows[0].string(row: 0, column: 0) ?? "")
  }

  /// This process obeys the flags that the snapshot saw.
  func acknowledge(_ process: String, turn: Int, snapshot: String, epoch: Int) async throws(DatabaseError) {
    _ = try await database.query(
      Statement(file: PackageResources.process_acknowledge_sql),
      [
        .text(process), .integer(turn), .text(snapshot), .integer(epoch), .integer(FlagPropagation.leaseMilliseconds),
      ])
  }

  func leave(_ process: String) async throws(DatabaseError) {
    _ = try await database.query(Statement(file: PackageResources.process_leave_sql), [.text(process)])
  }

  /// Newest first.
  package func history() async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.flags_history_sql), [.integer(Self.historyMax)])
  }

  /// - Parameters:
  ///   - fields: a JSON object of the flag's fields that change.
  ///   - version: that the flag must have now; nil: any.
  /// - Returns: the change, to wait for; nil if the flag has another version.
  package func change(
    flagOf service: String, _ fields: String, ifVersion version: Int?, by: String, reason: String?
  ) async throws -> FlagPropagation.Change? {
    try await database.transaction { session in
      let held = try await Self.hold(flagOf: service, in: session)
      guard version == nil || version == held.version else { return nil }
      return try await change(flagsOf: [service], fields, by: by, reason: reason, in: session)
    }
  }

  /// Nobody else changes the flag until the transaction ends.
  static func hold(
    flagOf service: String, in session: any Session
  ) async throws(DatabaseError) -> (version: Int?, isOn: Bool, updatedBy: String?) {
    let rows = try await session.query(Statement(file: PackageResources.flags_hold_sql), [.text(service)])
    guard !rows.isEmpty else { return (nil, false, nil) }
    return (
      rows.integer(row: 0, column: 0), rows.boolean(row: 0, column: 1), rows.string(row: 0, column: 2)
    )
  }

  /// Every service to the old schema, at once.
  package func rollBack(by: String, reason: String?) async throws -> FlagPropagation.Change {
    try await database.transaction { session in
      try await change(flagsOf: services, #"{"use_new_schema":false}"#, by: by, reason: reason, in: session)
    }
  }

  func change(
    flagsOf services: [String], _ fields: String, by: String, reason: String?, in session: any Session
  ) async throws -> FlagPropagation.Change {
    _ = try await session.query(
      Statement(file: PackageResources.flags_change_sql), [.array(services), .text(fields), .text(by), .text(reason)])
    for migration in migrations {
      try await Self.followFlags(migration, by: Phases.Actor(by, reason: reason), in: session)
    }
    return try await FlagPropagation.Change(of: session)
  }

  /// The phase `reading` is entered and left by the flags.
  static func followFlags(_ migration: Migration, by actor: Phases.Actor, in session: any Session) async throws {
    let phases = Phases(migration)
    // First, so that of two changes at once the second sees the other's flags.
    _ = try await phases.holdBesideWriters(in: session)
    let readsNew = try await phases.evidence(in: session).services.contains(where: \.readsNew)
    try await phases.follow(readsNew ? .readNew : .readOld, by: actor, in: session)
  }

  /// nil: the migration's new tables were not made yet.
  package func isDualWriting(_ migration: Migration) async throws(DatabaseError) -> Bool? {
    let rows = try await database.query(Statement(file: PackageResources.dual_write_list_sql), [.text(migration.name)])
    return rows.isEmpty ? nil : rows.boolean(row: 0, column: 0)
  }

  /// Answers when every writer that saw the switch as it was has committed. False: there is nothing to write twice
  /// yet. Throws `StepRefused` where the old table is not written any more.
  package func setDualWrite(_ migration: Migration, on: Bool, by: String, reason: String?) async throws -> Bool {
    let phases = Phases(migration)
    let step: Step = on ? .dualWriteOn : .dualWriteOff
    return try await database.transaction { session in
      let phase = try await phases.hold(in: session)
      if phase.isNewOnly { throw StepRefused(step: step, phase: phase, missing: []) }
      let changed = try await session.query(
        Statement(file: PackageResources.dual_write_change_sql),
        [.text(migration.name), .boolean(on), .text(by), .text(reason)])
      try await phases.follow(step, by: Phases.Actor(by, reason: reason), in: session)
      return !changed.isEmpty
    }
  }
}
