import JSON
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
  func acknowledge(_ process: String, read: Int, snapshot: String, epoch: Int) async throws(DatabaseError) {
    _ = try await database.query(
      Statement(file: PackageResources.process_acknowledge_sql),
      [
        .text(process), .integer(read), .text(snapshot), .integer(epoch), .integer(FlagPropagation.leaseMilliseconds),
      ])
  }

  func leave(_ process: String) async throws(DatabaseError) {
    _ = try await database.query(Statement(file: PackageResources.process_leave_sql), [.text(process)])
  }

  /// Newest first.
  package func history() async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.flags_history_sql), [.integer(Self.historyMax)])
  }

  /// Throws `FlagRefused` where more users would read new than before, and the migration is not verified.
  /// - Parameters:
  ///   - fields: a JSON object of the flag's fields that change.
  ///   - version: that the flag must have now; nil: any.
  ///   - isForcing: more users may read new although the migration is not verified.
  /// - Returns: the change, to wait for; nil if the flag has another version.
  package func change(
    flagOf service: String, _ fields: String, ifVersion version: Int?, by: String, reason: String?,
    isForcing: Bool = false
  ) async throws -> FlagPropagation.Change? {
    try await database.transaction { session -> FlagPropagation.Change? in
      let missing = try await unverified(service, fields, in: session)
      let held = try await Self.hold(flagOf: service, in: session)
      guard version == nil || version == held.version else { return nil }
      let why = missing != nil && isForcing ? "forced: \(reason ?? "")" : reason
      let change = try await change(flagsOf: [service], fields, by: by, reason: why, in: session)
      let changed = try await Self.hold(flagOf: service, in: session)
      if let missing, !isForcing, changed.percent.hundredths > held.percent.hundredths {
        throw FlagRefused(service: service, missing: missing)
      }
      return change
    }
  }

  /// The same, nil also where no more users will. Comes before any lock of a flag: who turns flags off waits for those.
  private func unverified(_ service: String, _ fields: String, in session: any Session) async throws -> String? {
    let json = try? JSONReader.read(Array(fields.utf8))
    guard json?["use_new_schema"]?.boolean == true || json?["canary_percent"] != nil else { return nil }
    return try await missingToReadNew(service, in: session)
  }

  /// Why no more users of the service may read new, and what to do; nil: they may. The migration keeps its phase until the
  /// transaction ends.
  func missingToReadNew(_ service: String, in session: any Session) async throws(DatabaseError) -> String? {
    guard let migration = migrations.first(where: { $0.services.contains { $0.name == service } }) else { return nil }
    let phases = Phases(migration)
    _ = try await phases.share(in: session)
    return try await phases.missingToReadNew(in: session)
  }

  /// Nobody else changes the flag until the transaction ends.
  static func hold(
    flagOf service: String, in session: any Session
  ) async throws(DatabaseError) -> (version: Int?, isOn: Bool, updatedBy: String?, percent: Percent) {
    let rows = try await session.query(Statement(file: PackageResources.flags_hold_sql), [.text(service)])
    guard !rows.isEmpty else { return (nil, false, nil, .none) }
    let isOn = rows.boolean(row: 0, column: 1)
    return (
      rows.integer(row: 0, column: 0), isOn, rows.string(row: 0, column: 2),
      isOn ? Percent(rows, row: 0, column: 3) : .none
    )
  }

  /// Every service to the old schema, at once, and no ramp brings it back. Waits for no lock of a migration.
  package func rollBack(by: String, reason: String?) async throws -> FlagPropagation.Change {
    try await database.transaction { session in
      try await change(
        flagsOf: services, #"{"use_new_schema":false,"canary_percent":0,"ramp":null}"#, by: by, reason: reason,
        in: session)
    }
  }

  func change(
    flagsOf services: [String], _ fields: String, by: String, reason: String?, in session: any Session
  ) async throws -> FlagPropagation.Change {
    _ = try await session.query(
      Statement(file: PackageResources.flags_change_sql), [.array(services), .text(fields), .text(by), .text(reason)])
    return try await FlagPropagation.Change(of: session)
  }
}

/// More users were to read new before the migration is verified.
package struct FlagRefused: Error, Equatable, CustomStringConvertible {
  package let service: String
  let missing: String

  package var description: String {
    "\(service) cannot read new for more users yet: \(missing). With force and a reason it does all the same"
  }
}
