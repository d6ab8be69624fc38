package import EventLoop
package import Migration
package import SQL

/// One process's hold on a job: it renews the lease, writes checkpoints and tells progress.
package final class JobRun {
  private static let renewalsInLease = 5
  private static let pauseMilliseconds = 200

  package let job: Job
  package let migration: Migration
  package let database: any Database
  private let store: JobStore
  private let owner: String
  private let loop: EventLoop
  private let tell: (Job.Progress) -> Void
  private var progress: Job.Progress?
  private var begun: (at: UInt64, done: Int)?
  private var isPaused = false
  private var isLost = false
  private var isOver = false

  /// - Parameter tell: gets the progress as it is made.
  package init(
    _ job: Job, of migration: Migration, store: JobStore, owner: String, on loop: EventLoop,
    tell: @escaping (Job.Progress) -> Void = { _ in }
  ) {
    self.job = job
    self.migration = migration
    self.store = store
    self.owner = owner
    self.loop = loop
    self.tell = tell
    database = store.database
  }

  /// Does the job, with its lease renewed meanwhile, and records how it ended. Throws what the work threw.
  /// - Returns: the report, as JSON.
  @discardableResult
  package func run(_ work: (JobRun) async throws -> String) async throws -> String {
    defer { isOver = true }
    do {
      try await renew()
      loop.spawn { await self.renewRepeatedly() }
      let report = try await work(self)
      try await end(report: report, error: nil)
      return report
    } catch let error where Self.isFinal(error) {
      try? await end(report: nil, error: (error as? DatabaseError)?.report ?? "\(error)")
      throw error
    }
  }

  /// A job whose process goes away, or whose database does, is not over: another run goes on with it.
  private static func isFinal(_ error: any Error) -> Bool {
    switch error {
    case is LeaseLost, is JobStopped: false
    case let error as DatabaseError: !error.isTransient
    default: true
    }
  }

  /// Between two steps: waits while the job is paused. Throws `LeaseLost` if others have taken it over, `JobStopped`
  /// if this process ends.
  package func pass() async throws {
    while isPaused, !isLost, !isStopping { await loop.sleep(milliseconds: Self.pauseMilliseconds) }
    if isLost { throw LeaseLost(id: job.id) }
    if isStopping { throw JobStopped(id: job.id) }
  }

  /// Asks the work to end between two steps; the job stays to be gone on with.
  package func stop() { isStopping = true }
  private var isStopping = false

  /// The one transaction of a step, or its last one, with the report that it gives. A run that goes on after it finds
  /// the report there, and does nothing.
  func lastTransaction(
    waitMilliseconds: Int = ShortLocks.waitMillisecondsDefault, stopsReaders: Bool = true,
    _ body: (any Session) async throws -> String
  ) async throws -> String {
    if let report = job.checkpoint { return report }
    return try await locks(waitMilliseconds: waitMilliseconds, stopsReaders: stopsReaders).transaction { session in
      let report = try await body(session)
      try await checkpoint(json: report, in: session)
      return report
    }
  }

  func locks(
    waitMilliseconds: Int = ShortLocks.waitMillisecondsDefault, stopsReaders: Bool = true
  ) -> ShortLocks {
    ShortLocks(
      migration, database, waitMilliseconds: waitMilliseconds, stopsReaders: stopsReaders,
      waiting: { self.wait(for: $0.map(\.description)) }
    ) { milliseconds in
      await self.sleep(milliseconds: milliseconds)
      try await self.pass()
    }
  }

  /// Tells what the step waits for, a sentence each; empty: nothing any more.
  func wait(for causes: [String]) { waitingFor = causes }

  private var waitingFor: [String] = [] {
    didSet {
      guard waitingFor != oldValue else { return }
      var progress = progress ?? Job.Progress(done: 0, total: 0, perSecond: 0, secondsLeft: nil)
      progress.waitingFor = waitingFor
      self.progress = progress
      tell(progress)
    }
  }

  package func sleep(milliseconds: Int) async { await loop.sleep(milliseconds: milliseconds) }

  /// Asks about the old table, as maintenance.
  package func ask(_ statement: Statement, _ binds: [Bind] = []) async throws(DatabaseError) -> Rows {
    try await OwnScans(migration).query(statement, binds, in: database)
  }

  /// A transaction that reads the old table, as maintenance.
  func maintain<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await OwnScans(migration).transaction(database, body)
  }

  /// One of which all reads are of one moment.
  func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await OwnScans(migration).snapshot(database, body)
  }

  /// Writes a checkpoint in the transaction that it tells of; that fails if the job is not ours any more.
  package func checkpoint(_ value: some Encodable, in session: any Session) async throws {
    try await checkpoint(json: ControlJSON.text(value), in: session)
  }

  func checkpoint(json: String, in session: any Session) async throws {
    let rows = try await session.query(
      Statement(file: PackageResources.job_checkpoint_sql), [.integer(job.id), .text(owner), .text(json)])
    guard !rows.isEmpty else { throw LeaseLost(id: job.id) }
  }

  /// Changes a checkpoint, with what belongs to it.
  ///
  /// Not in a transaction of which all reads are of one moment: the lease is renewed meanwhile, in the same row.
  func keep<State: Encodable>(
    _ state: State, _ change: (inout State, any Session) async throws -> Void
  ) async throws -> State {
    try await database.transaction { session in
      var state = state
      try await change(&state, session)
      try await checkpoint(state, in: session)
      return state
    }
  }

  /// The last checkpoint that was committed.
  package func savedCheckpoint<Value: Decodable>(in session: any Session) async throws(DatabaseError) -> Value? {
    let rows = try await session.query(
      Statement(file: PackageResources.job_checkpoint_read_sql), [.integer(job.id), .text(owner)])
    return rows.isEmpty ? nil : ControlJSON.value(rows.string(row: 0, column: 0))
  }

  package func progress(done: Int, total: Int) {
    let now = EventLoop.monotonicNanoseconds
    let begun = begun ?? (now, done)
    self.begun = begun
    let seconds = Double(now - begun.at) / 1e9
    let rate = seconds > 0 ? Double(done - begun.done) / seconds : 0
    let progress = Job.Progress(
      done: done, total: total, perSecond: Int(rate.rounded()),
      secondsLeft: rate > 0 ? Int((Double(max(0, total - done)) / rate).rounded()) : nil, waitingFor: waitingFor)
    self.progress = progress
    tell(progress)
  }

  private func end(report: String?, error: String?) async throws {
    try await renew()
    isOver = true
    let rows = try await database.writeOne(
      Statement(file: PackageResources.job_end_sql), [.integer(job.id), .text(owner), .text(report), .text(error)])
    guard !rows.isEmpty else { throw LeaseLost(id: job.id) }
  }

  private func renew() async throws(DatabaseError) {
    let rows = try await database.writeOne(
      Statement(file: PackageResources.job_renew_sql),
      [.integer(job.id), .text(owner), .integer(store.leaseMilliseconds), .text(progress?.json)])
    isLost = rows.isEmpty
    if !isLost { isPaused = rows.boolean(row: 0, column: 0) }
  }

  private func renewRepeatedly() async {
    while true {
      await loop.sleep(milliseconds: store.leaseMilliseconds / Self.renewalsInLease)
      if isOver { return }
      try? await renew()
    }
  }
}

/// This process ends; the job is gone on with by another.
package struct JobStopped: Error, Equatable, CustomStringConvertible {
  package let id: Int

  package var description: String { "job \(id) was interrupted; the next run goes on with it" }
}
