import JSON
package import Migration
package import SQL

/// Where a migration is, and its moves, each recorded.
package struct Phases {
  /// Who acts, and why.
  package struct Actor: Sendable {
    package let name: String
    package let reason: String?
    /// Goes on although something is missing, which is recorded.
    package let isForcing: Bool
    /// How many old rows may be in no new table; nil: none.
    package let acceptedSkipped: Int?
    /// Columns of old tables, as `table.column`, whose values may be left behind.
    package let acceptedColumns: [String]

    package init(
      _ name: String, reason: String? = nil, isForcing: Bool = false, acceptedSkipped: Int? = nil,
      acceptedColumns: [String] = []
    ) {
      self.name = name
      self.reason = reason
      self.isForcing = isForcing
      self.acceptedSkipped = acceptedSkipped
      self.acceptedColumns = acceptedColumns
    }
  }

  private let migration: Migration

  package init(_ migration: Migration) { self.migration = migration }

  package func current(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_current_sql), in: session)
  }

  /// Nobody else moves the migration until the transaction ends, and no writer is copying.
  package func lock(in session: any Session) async throws(DatabaseError) -> Phase {
    _ = try await session.query(migration.lockOutWriters)
    return try await hold(in: session)
  }

  /// Nobody else moves the migration until the transaction ends. Writers go on.
  func hold(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_hold_sql), in: session)
  }

  /// The migration stays in its phase until the transaction ends. Writers go on.
  func share(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_share_sql), in: session)
  }

  private func phase(_ statement: Statement, in session: any Session) async throws(DatabaseError) -> Phase {
    let rows = try await session.query(statement, [.text(migration.name)])
    return rows.isEmpty ? .planned : rows.string(row: 0, column: 0).flatMap { Phase(rawValue: $0) } ?? .planned
  }

  package func evidence(in session: any Session) async throws(DatabaseError) -> Evidence {
    let rows = try await session.query(
      Statement(file: PackageResources.evidence_sql), [.text(migration.name)])
    var evidence = Evidence()
    evidence.isDualWriting = rows.boolean(row: 0, column: 0)
    evidence.queued = rows.integer(row: 0, column: 1) ?? 0
    if evidence.queued > 0 {
      let reasons = try await session.query(
        Statement(file: PackageResources.repair_reasons_sql), [.text(migration.name)])
      evidence.queuedReasons = (0..<reasons.count).map { row in
        "\(reasons.integer(row: row, column: 1) ?? 0) \(reasons.string(row: row, column: 0) ?? "")"
      }
    }
    let triggers = try await session.query(migration.triggerState)
    evidence.triggersMissing = triggers.string(row: 0, column: 0)
    let state = triggers.string(row: 0, column: 1)
    evidence.areOldWritesRefused = state != nil && state == rows.string(row: 0, column: 7)
    evidence.verification = rows.integer(row: 0, column: 2).map {
      .init(
        id: $0, isEqual: rows.boolean(row: 0, column: 3), coversWrites: rows.string(row: 0, column: 4) == state)
    }
    evidence.unreadDays = rows.integer(row: 0, column: 5)
    evidence.isArchiveUntouched = rows.boolean(row: 0, column: 6)
    let skipped = try await session.query(
      Statement(file: PackageResources.skipped_reasons_sql), [.text(migration.name)])
    evidence.skipped = (0..<skipped.count).map {
      .init(reason: skipped.string(row: $0, column: 0) ?? "", rows: skipped.integer(row: $0, column: 1) ?? 0)
    }
    let services = try await session.query(
      Statement(file: PackageResources.evidence_services_sql), [.array(migration.services.map(\.name))])
    evidence.services = (0..<services.count).map {
      .init(
        name: services.string(row: $0, column: 0) ?? "", readsNew: services.boolean(row: $0, column: 1),
        readsOld: services.boolean(row: $0, column: 2))
    }
    return evidence
  }

  /// Columns of old tables that `create` was told to leave behind, as `table.column`.
  func acceptedColumns(in session: any Session) async throws(DatabaseError) -> [String] {
    let rows = try await session.query(
      Statement(file: PackageResources.accepted_columns_sql), [.text(migration.name)])
    return (0..<rows.count).compactMap { rows.string(row: $0, column: 0) }
  }

  /// Why no service may read new yet, and what to do; nil: it may.
  func missingToReadNew(in session: any Session) async throws(DatabaseError) -> String? {
    let phase = try await current(in: session)
    switch phase {
    case .planned: return "the new tables do not exist: run \(migration.command("create"))"
    case .created, .dualWriting:
      return "the new tables are not filled: run \(migration.command("backfill")), then \(migration.command("verify"))"
    case .backfilled, .verified, .cuttingOver:
      return try await evidence(in: session).missing(.lastVerificationEqual, of: migration)
    case .newOnly, .archived, .dropped: return nil
    }
  }

  /// Throws `StepRefused` where a service does not read new any more.
  func checkReaders(_ step: Step, from phase: Phase, by actor: Actor, in session: any Session) async throws {
    guard let move = step.definition.moves.first(where: { $0.from == phase }), move.needs.contains(.everythingReadsNew),
      !actor.isForcing,
      let missing = try await evidence(in: session).missing(.everythingReadsNew, of: migration)
    else { return }
    throw StepRefused(move.name, of: migration, phase: phase, missing: [(.everythingReadsNew, missing)])
  }

  /// Throws `StepRefused` where the step may not be taken.
  package func check(_ step: Step, from phase: Phase, by actor: Actor, in session: any Session) async throws {
    _ = try await permission(step.rawValue, from: phase, by: actor, in: session)
  }

  /// Takes a step in the transaction that does its work. Throws `StepRefused` where it may not be taken.
  @discardableResult
  package func take(_ step: Step, by actor: Actor, in session: any Session) async throws -> Phase {
    try await take(step.rawValue, from: try await lock(in: session), by: actor, in: session)
  }

  func take(
    _ name: String, from phase: Phase, to: Phase? = nil, by actor: Actor, in session: any Session
  ) async throws -> Phase {
    let (move, evidence, missing) = try await permission(name, from: phase, to: to, by: actor, in: session)
    _ = try await session.query(
      Statement(file: PackageResources.phase_move_sql),
      [
        .text(migration.name), .text(name), .text(phase.rawValue), .text(move.to.rawValue),
        .text(actor.name), .text(actor.reason), missing.isEmpty ? .null : .text(Self.json(missing.map(\.1))),
        .text(Self.json(evidence)),
      ])
    return move.to
  }

  /// Remembers the triggers as they are now, when they refuse old writes.
  func recordRefusal(in session: any Session) async throws(DatabaseError) {
    let state = try await session.query(migration.triggerState).string(row: 0, column: 1)
    _ = try await session.query(
      Statement(file: PackageResources.refusal_record_sql), [.text(migration.name), .text(state)])
  }

  /// What people see: some service may read new by now.
  package func shown(_ phase: Phase, _ evidence: Evidence) -> Phase {
    phase == .verified && evidence.services.contains(where: \.readsNew) ? .cuttingOver : phase
  }

  func setDualWrite(_ isOn: Bool, in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.dual_write_set_sql), [.text(migration.name), .boolean(isOn)])
  }

  /// Moves the migration as follows from what happened, where its phase has such a move. Writers go on.
  /// - Parameters:
  ///   - name: of the move.
  ///   - to: where it leads; nil: wherever.
  func follow(_ name: String, to: Phase? = nil, by actor: Actor, in session: any Session) async throws {
    let phase = try await hold(in: session)
    guard Self.move(name, from: phase, to: to) != nil else { return }
    do { _ = try await take(name, from: phase, to: to, by: actor, in: session) } catch is StepRefused {}
  }

  static func move(_ name: String, from phase: Phase, to: Phase?) -> PhaseMove? {
    PhaseMove.all.first { $0.name == name && $0.from == phase && (to == nil || $0.to == to) }
  }

  private func permission(
    _ name: String, from phase: Phase, to: Phase? = nil, by actor: Actor, in session: any Session
  ) async throws -> (move: PhaseMove, evidence: Evidence, missing: [(requirement: Requirement, detail: String)]) {
    guard let move = Self.move(name, from: phase, to: to) else {
      throw StepRefused(name, of: migration, phase: phase, missing: [])
    }
    let evidence = try await evidence(in: session)
    let missing = move.needs.compactMap { requirement in
      evidence.missing(requirement, of: migration, accepted: actor.acceptedSkipped).map { (requirement, $0) }
    }
    guard missing.isEmpty || actor.isForcing else {
      throw StepRefused(name, of: migration, phase: phase, missing: missing)
    }
    return (move, evidence, missing)
  }

  private static func json(_ texts: [String]) -> String {
    var json = JSONWriter()
    json.beginArray()
    for text in texts { json.string(text) }
    json.endArray()
    return String(decoding: json.finish(), as: UTF8.self)
  }

  private static func json(_ evidence: Evidence) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("dual_write")
    json.boolean(evidence.isDualWriting)
    json.key("repair_queue")
    json.integer(evidence.queued)
    json.key("verification")
    if let verification = evidence.verification { json.integer(verification.id) } else { json.null() }
    json.key("reads_new")
    json.beginArray()
    for service in evidence.services where service.readsNew { json.string(service.name) }
    json.endArray()
    json.key("unread_days")
    if let days = evidence.unreadDays { json.integer(days) } else { json.null() }
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
