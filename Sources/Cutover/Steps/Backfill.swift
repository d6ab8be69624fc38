import Migration
import SQL

extension StepDefinition {
  static let backfill = StepDefinition(
    summary: "Copy what the old tables hold into the new ones.",
    options: [.dryRun, .batchSize],
    moves: [PhaseMove(.backfill, .dualWriting, .backfilled, needs: [.dualWriteIsOn])],
    phases: Phase.bothWritten,
    rivals: movingSteps,
    next: { "Next: \($0.command("verify")). \($0.command("truncate")) undoes it." },
    work: { run in try await Backfill(run)() })
}

/// Copies what the old tables hold into the new ones, range by range of keys, each in a transaction of its own that
/// also holds the checkpoint.
///
/// Keys above the bound, frozen when the job begins, are none of its business: the new tables exist since before
/// then, so whoever writes them writes both sides (`Creation` waits for those who do not).
package struct Backfill {
  /// Where it has come to.
  package struct State: Codable, Equatable, Sendable {
    package var last = Int.min
    package var bound: Int
    package var total: Int
    package var batches = 0
    package var outcome = Outcome()
  }

  package struct Outcome: Codable, Equatable, Sendable {
    package var results = 0
    /// Keys that had new rows, all of them right.
    package var unchanged = 0
    package var written: [String: Int] = [:]
  }

  package struct Report: Codable, Equatable, Sendable {
    package var dry_run: Bool
    package var results: Int
    package var unchanged: Int
    package var written: [String: Int]
    package var skipped: [String: Int]
    /// What could not be watched meanwhile.
    package var warning: String?
  }

  /// How often a batch is tried when something passing is in the way.
  private static let attemptsMax = 8
  private static let backOffMillisecondsMax = 5_000
  /// Between two looks at what it holds for.
  private static let holdMilliseconds = 1_000

  private let run: JobRun
  private let move: TableMove

  package init(_ run: JobRun) {
    self.run = run
    move = run.migration.copy
  }

  package func callAsFunction() async throws -> String {
    try await HiddenOldRows.refuse(run.migration, in: run.database)
    if run.job.options.dry_run == true { return try await ControlJSON.text(BackfillRehearsal(run)()) }
    var state: State
    if let saved = ControlJSON.value(run.job.checkpoint, as: State.self) {
      state = saved
    } else {
      state = try await begin()
    }
    var size = BatchSize(fixed: run.job.options.batch_size)
    var throttle = Throttle()
    run.progress(done: state.outcome.results, total: state.total)
    while true {
      try await run.pass()
      let keys = try await nextKeys(state, limit: size.keys)
      guard !keys.isEmpty else { break }
      let began = size.begin()
      try await copy(keys, &state)
      size.end(began, keys: keys.count)
      run.progress(done: state.outcome.results, total: state.total)
      // Plans should be made for tables as they have become.
      if Self.isPowerOfTen(state.batches) { try await run.database.run(script: run.migration.analyze.text) }
      try await hold(&throttle)
    }
    try await run.database.run(script: run.migration.analyze.text)
    return try await finish(state, warning: throttle.unreadable)
  }

  /// Until nothing is in the way of the next batch.
  private func hold(_ throttle: inout Throttle) async throws {
    while case let causes = try await throttle.holds(in: run.database), !causes.isEmpty {
      run.wait(for: causes)
      await run.sleep(milliseconds: Self.holdMilliseconds)
      try await run.pass()
    }
    run.wait(for: [])
  }

  private func begin() async throws -> State {
    let bound = try await run.ask(run.migration.lastKey).integer(row: 0, column: 0) ?? Int.min
    let total = try await run.ask(run.migration.keyCount, [.integer(bound)]).integer(row: 0, column: 0) ?? 0
    let state = State(bound: bound, total: total)
    try await run.database.transaction { session in
      // What PostgreSQL refused before may be right now.
      _ = try await session.query(Statement(file: PackageResources.refused_forget_sql), [.text(run.migration.name)])
      try await run.checkpoint(state, in: session)
    }
    return state
  }

  private func nextKeys(_ state: State, limit: Int) async throws -> [Int] {
    let rows = try await run.ask(run.migration.nextKeys, [.integer(state.last), .integer(limit)])
    return (0..<rows.count).compactMap { rows.integer(row: $0, column: 0) }.filter { $0 <= state.bound }
  }

  /// A batch with a value that the new tables cannot store is halved until the key at fault is alone. Whatever else
  /// PostgreSQL refuses, such as a trigger's exception or a missing right, fails the backfill.
  private func copy(_ keys: [Int], _ state: inout State) async throws {
    var parts = [keys]
    while let part = parts.popLast() {
      do { state = try await copyWithPatience(part, state) } catch let error as DatabaseError
        where error.isDataError
      {
        if part.count > 1 {
          let middle = part.count / 2
          parts += [Array(part[middle...]), Array(part[..<middle])]
        } else {
          state = try await isolate(part[0], state)
        }
      }
    }
  }

  private func copyWithPatience(_ keys: [Int], _ state: State) async throws -> State {
    var attempt = 1
    while true {
      do { return try await copyOnce(keys, state, isRetry: attempt > 1) } catch let error as DatabaseError
        where error.isTransient && attempt < Self.attemptsMax
      {
        await run.sleep(milliseconds: min(100 << attempt, Self.backOffMillisecondsMax))
        attempt += 1
        try await run.pass()
      }
    }
  }

  private func copyOnce(_ keys: [Int], _ state: State, isRetry: Bool) async throws -> State {
    try await run.maintain { session in
      _ = try await session.query(move.lock, [.array(keys)])
      // The connection may have broken between a commit and its answer.
      if isRetry, let saved: State = try await run.savedCheckpoint(in: session), saved.batches > state.batches {
        return saved
      }
      let refused = try await Refusals(run.migration).known(of: keys, in: session)
      let counts = try await move.run(keys: keys, refused: refused, in: session)
      var state = state
      state.add(counts, keys: keys)
      try await run.checkpoint(state, in: session)
      return state
    }
  }

  /// Copies what can be copied of a key, and records each row that cannot.
  private func isolate(_ key: Int, _ state: State) async throws -> State {
    try await run.maintain { session in
      _ = try await session.query(move.lock, [.array([key])])
      let counts = try await Refusals(run.migration).isolate(key, in: session)
      var state = state
      state.add(counts, keys: [key])
      try await run.checkpoint(state, in: session)
      return state
    }
  }

  /// Several runs may have come this far: the phase is moved once.
  private func finish(_ state: State, warning: String?) async throws -> String {
    try await run.database.transaction { session in
      try await Phases(run.migration).follow(Step.backfill.rawValue, by: run.job.actor, in: session)
      let rows = try await session.query(
        Statement(file: PackageResources.skipped_reasons_sql), [.text(run.migration.name)])
      var skipped: [String: Int] = [:]
      for row in 0..<rows.count { skipped[rows.string(row: row, column: 0) ?? ""] = rows.integer(row: row, column: 1) }
      return ControlJSON.text(
        Report(
          dry_run: false, results: state.outcome.results, unchanged: state.outcome.unchanged,
          written: state.outcome.written, skipped: skipped, warning: warning))
    }
  }

  private static func isPowerOfTen(_ number: Int) -> Bool {
    var power = 1
    while power < number { power *= 10 }
    return power == number
  }
}

extension Backfill.State {
  mutating func add(_ counts: CopyCounts, keys: [Int]) {
    last = keys.last ?? last
    batches += 1
    outcome.results += keys.count
    outcome.unchanged += counts.unchanged
    outcome.written.merge(counts.written, uniquingKeysWith: +)
  }
}
