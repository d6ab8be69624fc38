package import Rollout
package import SQL

/// Carries out what guards and ramps decide, and records why.
package struct RolloutDriver {
  /// Who changed a flag, in its history.
  package static let guardName = "guard"
  package static let rampName = "ramp"
  /// Decisions that one look shows.
  private static let listMax = 1_000

  /// A flag that was changed, or that waits.
  package struct Decision: Sendable, Equatable {
    package enum Kind: String, Sendable { case trip, raise, pause }

    package let kind: Kind
    package let service: String
    let version: Int
    package let cause: String
    package let reason: String
  }

  private let store: ControlStore

  package init(_ store: ControlStore) { self.store = store }

  /// Turns a flag off. nil: somebody else has changed it meanwhile, and a new guard watches it, or it is off.
  package func turnOff(_ trip: CanaryWatch.Trip) async throws -> Decision? {
    let seen = trip.seen
    return try await store.database.transaction { session in
      let held = try await ControlStore.hold(flagOf: seen.service, in: session)
      // A ramp that went on before it knew stops nobody.
      let isNextStep = held.version == seen.version + 1 && held.updatedBy == Self.rampName
      guard held.isOn, let version = held.version, version == seen.version || isNextStep else { return nil }
      let decision = Decision(
        kind: .trip, service: seen.service, version: version, cause: trip.reason.rawValue,
        reason: Reasons.trip(trip.reason, seen.tally, seen.rule))
      _ = try await store.change(
        flagsOf: [seen.service], #"{"use_new_schema":false}"#, by: Self.guardName, reason: decision.reason, in: session)
      try await record(decision, seen.tally, seen.rule, in: session)
      return decision
    }
  }

  /// Tells what the guards of this process have seen, for the ramps.
  package func tell(_ seen: [CanaryWatch.Seen], as process: String) async throws(DatabaseError) {
    guard !seen.isEmpty else { return }
    func column(_ path: KeyPath<GuardTally, Int>) -> Bind { .array(seen.map { $0.tally[keyPath: path] }) }
    _ = try await store.database.query(
      Statement(file: PackageResources.canary_tallies_tell_sql),
      [
        .text(process), .array(seen.map(\.service)), .array(seen.map(\.version)), column(\.requests),
        column(\.failures), column(\.comparisons), column(\.differences), column(\.slower),
      ])
  }

  /// Moves every ramp that is due, unless another process does so at this moment. Gives what was decided, once.
  package func moveRamps() async throws -> [Decision] {
    try await store.database.transaction { session in
      let lock = try await session.query(Statement(file: PackageResources.ramps_hold_sql))
      guard lock.boolean(row: 0, column: 0) else { return [] }
      _ = try await session.query(Statement(file: PackageResources.canary_tallies_forget_sql))
      let rows = try await session.query(Statement(file: PackageResources.ramps_list_sql), [.array(store.services)])
      var decisions: [Decision] = []
      for row in 0..<rows.count {
        guard let step = RampStep(rows, row: row) else { continue }
        if let decision = try await move(step, in: session) { decisions.append(decision) }
      }
      return decisions
    }
  }

  private func move(_ step: RampStep, in session: any Session) async throws -> Decision? {
    switch step.move {
    case .ended, .soak: return nil
    case .pause(let doubt):
      guard let rule = step.rule else { return nil }
      let decision = Decision(
        kind: .pause, service: step.service, version: step.version, cause: doubt.rawValue,
        reason: Reasons.pause(doubt, step.tally, rule))
      return try await record(decision, step.tally, rule, step.soaked, in: session) ? decision : nil
    case .raise(let percent):
      let missing = try await store.missingToReadNew(step.service, in: session)
      let held = try await ControlStore.hold(flagOf: step.service, in: session)
      guard held.version == step.version else { return nil }
      if let missing {
        let decision = Decision(
          kind: .pause, service: step.service, version: step.version, cause: "unverified", reason: missing)
        return try await record(decision, step.tally, step.rule, step.soaked, in: session) ? decision : nil
      }
      let decision = Decision(
        kind: .raise, service: step.service, version: step.version,
        cause: step.percent == .none ? "begin" : "soaked", reason: Reasons.raise(from: step, to: percent))
      _ = try await store.change(
        flagsOf: [step.service], "{\"canary_percent\":\(percent)}", by: Self.rampName, reason: decision.reason,
        in: session)
      try await record(decision, step.tally, step.rule, step.soaked, in: session)
      return decision
    }
  }

  /// False: it is known already.
  @discardableResult
  private func record(
    _ decision: Decision, _ tally: GuardTally, _ rule: GuardRule?, _ soaked: Double? = nil, in session: any Session
  ) async throws(DatabaseError) -> Bool {
    let added = try await session.query(
      Statement(file: PackageResources.decision_add_sql),
      [
        .text(decision.service), .integer(decision.version), .text(decision.kind.rawValue), .text(decision.cause),
        .text(decision.reason), .text(Numbers.json(tally, rule, soaked: soaked)),
      ])
    return added.affected > 0
  }

  /// Newest first.
  package static func decisions(in database: any Database) async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.decisions_list_sql), [.integer(listMax)])
  }
}
