import Cutover
import EventLoop
import Glibc
import Migration
import Postgres

/// A command that does one job and ends.
protocol JobCommand: Command {
  var step: Step { get }

  /// What to say where the step was taken before, which is no failure; nil: it is one.
  func excuse(_ refusal: StepRefused) -> String?

  /// Prints what came of it.
  func report(
    _ report: String, _ options: GivenOptions, _ migration: Migration, _ pool: Pool
  ) async throws -> ExitCode
}

extension JobCommand {
  var name: String { step.rawValue }
  var summary: String { step.definition.summary }
  var options: [Option] {
    [Option.migration] + step.definition.options.map(Option.init)
      + (step.definition.options.contains(.force) ? [Option.reason] : [])
  }

  func excuse(_ refusal: StepRefused) -> String? { nil }

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let migration = try options.migration(of: settings.migrations)
    let jobOptions = try options.job()
    let actor = Phases.Actor(
      CurrentUser.name, reason: options.text("reason"), isForcing: jobOptions.force ?? false,
      acceptedSkipped: jobOptions.accept_skipped, acceptedColumns: jobOptions.accept_columns ?? [])
    return try await CommandContext(settings, on: loop).run { pool in
      let runner = JobRunner([migration], database: pool, on: loop)
      let bar = ProgressBar(name, unit: migration.keyTitles)
      var waitedFor: [String] = []
      let report: String
      do {
        report = try await runner.run(step, of: migration, jobOptions, by: actor) {
          bar.update($0.done, of: $0.total)
          if $0.waitingFor != waitedFor {
            waitedFor = $0.waitingFor
            for cause in waitedFor { complain("waits: \(cause)") }
          }
        }
      } catch let refusal as StepRefused {
        guard let excuse = excuse(refusal) else { throw refusal }
        print("\(migration.name): \(excuse)")
        return .done
      }
      bar.finish()
      return try await self.report(report, options, migration, pool)
    }
  }
}

/// Who acts on the command line, for the record.
enum CurrentUser {
  static var name: String {
    unsafe getpwuid(geteuid()).map { unsafe String(cString: $0.pointee.pw_name) } ?? "switchyard"
  }
}

extension Option {
  init(_ option: StepOption) {
    let name = option.rawValue.replacing("_", with: "-")
    switch option {
    case .dryRun: self.init(name: name, help: "count what would be written, and write nothing")
    case .batchSize:
      self.init(
        name: name, value: "N", help: "results, or other keys, in one transaction (default: as many as fit 0.5 s)")
    case .repair: self.init(name: name, help: "copy again what differs, and verify again")
    case .acceptSkipped:
      self.init(name: name, value: "N", help: "go on although N old rows are in no new table; N must be their number")
    case .acceptColumns:
      self.init(
        name: name, value: "NAMES", help: "go on although these columns, table.column with commas, are left behind")
    case .force: self.init(name: name, help: "go on although something is missing; it is recorded. Needs --reason")
    }
  }

  static let reason = Option(name: "reason", value: "TEXT", help: "why, for the record; needed with --force")
}

extension GivenOptions {
  /// Throws where the options are wrong, before anything is started.
  func job() throws(UsageError) -> Job.Options {
    var job = Job.Options()
    if has("force") {
      guard text("reason")?.isEmpty == false else {
        throw UsageError(description: "--force needs --reason TEXT: it is recorded")
      }
      job.force = true
    }
    if has("dry-run") { job.dry_run = true }
    if has("batch-size") { job.batch_size = try count("batch-size", default: 1) }
    if has("repair") { job.repair = true }
    if let names = text("accept-columns") { job.accept_columns = names.split(separator: ",").map { String($0) } }
    if has("accept-skipped") { job.accept_skipped = try count("accept-skipped", default: 0, from: 0) }
    return job
  }
}

/// The database that a command works on, with the control schema made.
struct CommandContext {
  private static let connectionsMax = 4

  private let settings: Settings
  private let loop: EventLoop

  init(_ settings: Settings, on loop: EventLoop) {
    self.settings = settings
    self.loop = loop
  }

  /// - Parameter isPreparing: false for those who only look.
  func run(isPreparing: Bool = true, _ body: (Pool) async throws -> ExitCode) async throws -> ExitCode {
    let database = try await StateDirectory().database(settings, on: loop)
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: Self.connectionsMax), on: loop)
    let outcome: Result<ExitCode, any Error>
    do {
      if isPreparing { try await ControlStore(database: pool, migrations: settings.migrations).prepare() }
      outcome = .success(try await body(pool))
    } catch { outcome = .failure(error) }
    pool.close()
    await database.stop()
    return try outcome.get()
  }
}
