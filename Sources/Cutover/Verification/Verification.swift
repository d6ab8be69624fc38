import EventLoop
import Migration
import SQL

/// Finds out whether the new tables say what the old one says: fingerprints of each range of keys, the rows of those
/// keys whose fingerprints differ, the view's cells, and the services' answers.
///
/// Writers go on meanwhile: each range is read on one snapshot, on which both sides stand, and what awaits repair on
/// it is looked at again at the end.
struct Verification {
  struct State: Codable, Equatable {
    var id: Int
    var last = Int.min
    var bound: Int
    var total: Int
    var done = 0
    var tables: [String: VerificationReport.Counts] = [:]
    var differences = 0
    var explained: [String: Int] = [:]
    /// Keys that awaited repair.
    var aside: [Int] = []
    /// The last subject whose cells of the view were compared, and the last that was asked about.
    var viewed: String?
    var asked: String?
    var answers = 0
  }

  private static let batchKeysDefault = 2_000
  /// More keys than this await repair: then all of them are judged as they are.
  private static let asideMax = 10_000
  private static let repairWaitNanoseconds: UInt64 = 10_000_000_000
  private static let repairLookMilliseconds = 100

  private let run: JobRun
  private let parity: Parity
  private let batchKeys: Int

  init(_ run: JobRun) {
    self.run = run
    batchKeys = run.job.options.batch_size ?? Self.batchKeysDefault
    parity = run.migration.parity
  }

  func callAsFunction() async throws -> String {
    try await HiddenOldRows.refuse(run.migration, in: run.database)
    var (report, state) = try await verify(resuming: true)
    if !report.equal, run.job.options.repair == true {
      let repaired = try await VerificationRepair(run).mend(state)
      (report, _) = try await verify(resuming: false)
      report.repaired = repaired
    }
    return ControlJSON.text(report)
  }

  private func verify(resuming: Bool) async throws -> (VerificationReport, State) {
    var state: State
    if resuming, let saved = ControlJSON.value(run.job.checkpoint, as: State.self) {
      state = saved
    } else {
      state = try await begin()
    }
    while case let keys = try await nextKeys(state), !keys.isEmpty {
      try await run.pass()
      state = try await compare(keys, state)
      run.progress(done: state.done, total: state.total)
    }
    state = try await lookAgain(state)
    if let view = run.migration.view { state = try await ViewParity(view, run).compare(state) }
    state = try await AnswerParity(run).compare(state)
    return (try await finish(state), state)
  }

  private func begin() async throws -> State {
    try await Repair(run.migration, database: run.database).drain()
    let bound = try await run.ask(run.migration.lastKey).integer(row: 0, column: 0) ?? Int.min
    let total = try await run.ask(run.migration.keyCount, [.integer(bound)]).integer(row: 0, column: 0) ?? 0
    return try await run.database.transaction { session in
      // What was written until now is compared with all the rest; what is written from now on is noted.
      _ = try await session.query(
        Statement(file: PackageResources.changed_keys_forget_sql), [.text(run.migration.name)])
      let triggers = try await session.query(run.migration.triggerState).string(row: 0, column: 1)
      let rows = try await session.query(
        Statement(file: PackageResources.verification_begin_sql),
        [.text(run.migration.name), .integer(run.job.id), .text(triggers)])
      let state = State(id: rows.integer(row: 0, column: 0) ?? 0, bound: bound, total: total)
      try await run.checkpoint(state, in: session)
      return state
    }
  }

  private func nextKeys(_ state: State) async throws -> [Int] {
    let rows = try await run.ask(run.migration.nextKeys, [.integer(state.last), .integer(batchKeys)])
    return (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }.filter { $0 <= state.bound }
  }

  /// What one snapshot shows of some keys.
  private struct Inspection {
    var keys: [Int]
    var prints: Fingerprints
    var explained: Rows
    /// nil: no key differs.
    var differences: Rows?
  }

  private func compare(_ keys: [Int], _ state: State) async throws -> State {
    let (waiting, inspection) = try await run.snapshot { session in
      var waiting = try await awaitingRepair(keys, in: session)
      if state.aside.count + waiting.count > Self.asideMax { waiting = [:] }
      return (waiting.keys.sorted(), try await inspect(keys.filter { waiting[$0] == nil }, in: session))
    }
    return try await run.keep(state) { state, session in
      try await add(inspection, &state, in: session)
      state.aside += waiting
      state.last = keys.last ?? state.last
      state.done += keys.count
    }
  }

  private func inspect(_ keys: [Int], in session: any Session) async throws -> Inspection {
    let refused = try await Refusals(run.migration).known(of: keys, in: session)
    let prints = Fingerprints(try await session.query(parity.fingerprints, [.array(keys)] + refused.binds))
    let explained = try await session.query(parity.explained, [.array(keys)] + refused.binds)
    var inspection = Inspection(keys: keys, prints: prints, explained: explained)
    if !prints.differing.isEmpty {
      inspection.differences = try await session.query(
        parity.differences, [.array(prints.differing.sorted())] + refused.binds)
    }
    return inspection
  }

  private func add(_ inspection: Inspection, _ state: inout State, in session: any Session) async throws {
    for table in inspection.prints.tables {
      state.tables[table.name, default: .init()].expected += table.expectedRows
      state.tables[table.name, default: .init()].actual += table.actualRows
    }
    try await SkippedRows.sync(
      run.migration, keys: inspection.keys, explained: inspection.explained, in: session)
    try await Findings(state.id).add(explained: inspection.explained, &state, in: session)
    if let differences = inspection.differences {
      try await Findings(state.id).add(differences: differences, &state, in: session)
    }
  }

  /// Keys that await repair, and since when.
  private func awaitingRepair(
    _ keys: [Int], in session: any Session
  ) async throws(DatabaseError) -> [Int: String] {
    let rows = try await session.query(
      Statement(file: PackageResources.repair_waiting_sql), [.text(run.migration.name), .array(keys)])
    var waiting: [Int: String] = [:]
    for row in 0..<rows.count { waiting[rows.integer(row: row, column: 0) ?? 0] = rows.string(row: row, column: 1) }
    return waiting
  }

  /// What awaited repair is judged on a snapshot on which it does not. Only what is not repaired for long is judged as
  /// it is; what was repaired and awaits it again, because it is written again, is given time again.
  private func lookAgain(_ state: State) async throws -> State {
    var state = state
    var entries: [Int: (since: String, seenAt: UInt64)] = [:]
    while !state.aside.isEmpty {
      try await run.pass()
      let now = EventLoop.monotonicNanoseconds
      let (due, inspection) = try await run.snapshot { session in
        let waiting = try await awaitingRepair(state.aside, in: session)
        let due = state.aside.filter { key in
          guard let since = waiting[key] else { return true }
          if let entry = entries[key], entry.since == since {
            return now - entry.seenAt >= Self.repairWaitNanoseconds
          }
          entries[key] = (since, now)
          return false
        }
        return (due, due.isEmpty ? nil : try await inspect(due, in: session))
      }
      if let inspection {
        state = try await run.keep(state) { state, session in
          try await add(inspection, &state, in: session)
          state.aside.removeAll(where: Set(due).contains)
        }
      }
      if !state.aside.isEmpty { await run.sleep(milliseconds: Self.repairLookMilliseconds) }
    }
    return state
  }

  private func finish(_ state: State) async throws -> VerificationReport {
    let isEqual = state.differences == 0
    try await run.database.transaction { session in
      _ = try await session.query(
        Statement(file: PackageResources.verification_end_sql), [.integer(state.id), .boolean(isEqual)])
      try await Phases(run.migration).follow(
        Step.verify.rawValue, to: isEqual ? .verified : .backfilled, by: run.job.actor, in: session)
    }
    return VerificationReport(
      verification: state.id, equal: isEqual, results: state.done, tables: state.tables,
      differences: state.differences, explained: state.explained, answers: state.answers)
  }
}
