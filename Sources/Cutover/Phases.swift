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

    package init(_ name: String, reason: String? = nil, isForcing: Bool = false) {
      self.name = name
      self.reason = reason
      self.isForcing = isForcing
    }
  }

  private let migration: Migration

  package init(_ migration: Migration) { self.migration = migration }

  package func current(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_current_sql), in: session)
  }

  /// Nobody else moves the migration until the transaction ends, and who writes by its phase has committed.
  package func hold(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_hold_sql), in: session)
  }

  /// Nobody else moves the migration until the transaction ends. Writers go on.
  func holdBesideWriters(in session: any Session) async throws(DatabaseError) -> Phase {
    try await phase(Statement(file: PackageResources.phase_follow_sql), in: session)
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
    evidence.verification = rows.integer(row: 0, column: 2).map {
      .init(id: $0, isEqual: rows.boolean(row: 0, column: 3))
    }
    evidence.unreadDays = rows.integer(row: 0, column: 4)
    evidence.isArchiveUntouched = rows.boolean(row: 0, column: 5)
    let services = try await session.query(
      Statement(file: PackageResources.evidence_services_sql), [.array(migration.services.map(\.name))])
    evidence.services = (0..<services.count).map {
      .init(
        name: services.string(row: $0, column: 0) ?? "", readsNew: services.boolean(row: $0, column: 1),
        readsOld: services.boolean(row: $0, column: 2))
    }
    return evidence
  }

  /// Throws `StepRefused` where the step may not be taken.
  package func check(_ step: Step, from phase: Phase, by actor: Actor, in session: any Session) async throws {
    _ = try await permission(step, from: phase, by: actor, in: session)
  }

  /// Takes a step in the transaction that does its work. Throws `StepRefused` where it may not be taken.
  @discardableResult
  package func take(_ step: Step, by actor: Actor, in session: any Session) async throws -> Phase {
    try await take(step, from: try await hold(in: session), by: actor, in: session)
  }

  private func take(_ step: Step, from phase: Phase, by actor: Actor, in session: any Session) async throws -> Phase {
    let (move, evidence, missing) = try await permission(step, from: phase, by: actor, in: session)
    _ = try await session.query(
      Statement(file: PackageResources.phase_move_sql),
      [
        .text(migration.name), .text(step.rawValue), .text(phase.rawValue), .text(move.to.rawValue),
        .text(actor.name), .text(actor.reason), missing.isEmpty ? .null : .text(Self.json(missing)),
        .text(Self.json(evidence)),
      ])
    return move.to
  }

  func setDualWrite(_ isOn: Bool, in session: any Session) async throws(DatabaseError) {
    _ = try await session.query(
      Statement(file: PackageResources.dual_write_set_sql), [.text(migration.name), .boolean(isOn)])
  }

  /// Takes a step that follows from what happened, where the phase has such a step. Who writes what stays as it is.
  package func follow(_ step: Step, by actor: Actor, in session: any Session) async throws {
    let phase = try await holdBesideWriters(in: session)
    guard PhaseMove.of(step, from: phase) != nil else { return }
    do { _ = try await take(step, from: phase, by: actor, in: session) } catch is StepRefused {}
  }

  private func permission(
    _ step: Step, from phase: Phase, by actor: Actor, in session: any Session
  ) async throws -> (move: PhaseMove, evidence: Evidence, missing: [String]) {
    guard let move = PhaseMove.of(step, from: phase) else { throw StepRefused(step: step, phase: phase, missing: []) }
    let evidence = try await evidence(in: session)
    let missing = move.needs.compactMap { evidence.missing($0, of: migration) }
    guard missing.isEmpty || actor.isForcing else { throw StepRefused(step: step, phase: phase, missing: missing) }
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
