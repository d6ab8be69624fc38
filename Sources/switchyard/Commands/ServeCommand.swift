import API
import CivilTime
import Cutover
import EventLoop
import Glibc
import Hashing
import Observability
import Postgres
import Rollout
import SQL
import Scoring

struct ServeCommand: Command {
  let name = "serve"
  let summary = "Serve the API and the page; without DATABASE_URL, from a private PostgreSQL in .switchyard/."
  let options: [Option] = []

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let directory = StateDirectory()
    let database = try await directory.database(settings, on: loop)
    let token = settings.databaseURL == nil ? try directory.adminToken(settings) : (settings.adminToken ?? "", nil)
    let code: ExitCode
    do { code = try await Serving(settings, database, token: token, on: loop).run() } catch {
      await database.stop()
      throw error
    }
    await database.stop()
    return code
  }
}

/// A process that serves until it is told to stop.
struct Serving {
  private static let prepareMilliseconds = 1_000
  private static let workConnections = 6
  private static let controlConnections = 2

  private let settings: Settings
  private let database: DatabaseServer
  private let token: (text: String, file: String?)
  private let loop: EventLoop
  private let log: Log

  init(_ settings: Settings, _ database: DatabaseServer, token: (String, String?), on loop: EventLoop) {
    self.settings = settings
    self.database = database
    self.token = token
    self.loop = loop
    log = Log(level: settings.logLevel, format: settings.logFormat)
  }

  /// - Parameter announce: told the address once requests are answered.
  func run(announce: (String) -> Void = { _ in }) async throws -> ExitCode {
    let files = try ProjectFiles.find()
    let flags = FlagBox()
    let pool = Pool(database.forWork, limits: PoolLimits(connectionsMax: Self.workConnections), on: loop)
    defer { pool.close() }
    // What waits for the new tables, without a limit, keeps no connection from what turns them off.
    let control = Pool(database.forRequests, limits: PoolLimits(connectionsMax: Self.controlConnections), on: loop)
    defer { control.close() }
    let store = ControlStore(database: control, migrations: settings.migrations)
    let watch = FlagWatch(store, into: flags, settings: database.forRequests, log: log, on: loop)
    let shadows = ShadowLedger()
    let canaries = CanaryWatch()
    let rollout = RolloutTasks(store, flags, canaries, log: log, on: loop)
    let metrics = ServerMetrics(
      settings.migrations, flags: flags, canaries: canaries, workers: settings.workers
    ) {
      LoopWatch.now
    }
    let sampling = MetricsSampling(settings.migrations, metrics, database.forWork, log: log, on: loop)
    let loopWatch = LoopWatch(metrics.background, on: loop) {
      [("work", pool), ("control", control), ("metrics", sampling.pool)]
    }
    let background = BackgroundTasks(
      settings.migrations, metrics, shadows, database: pool, refreshSeconds: settings.refreshIntervalSeconds,
      log: log,
      on: loop)
    let stop = try StopSignal(on: loop)
    try await prepare(ControlStore(database: pool, migrations: settings.migrations), unless: stop)
    try? await watch.refresh()
    let plan = WorkerPlan(
      migrations: settings.migrations,
      database: database.forRequests,
      readDatabase: try settings.readDatabaseURL.map {
        try ConnectionSettings(url: $0, statementMillisecondsMax: settings.statementTimeoutMilliseconds)
      },
      connections: settings.databaseConnections, host: try await loop.resolve(host: settings.host), flags: flags,
      scorer: Scorer(lexicon: try files.lexicon()), adminToken: Secret(token.text), files: try files.staticFiles(),
      log: log, metrics: metrics, shadows: shadows, canaries: canaries)
    let workers = try await Workers.start(plan, count: settings.workers, port: settings.port)
    watch.start()
    background.start()
    rollout.start()
    sampling.start()
    let address = "http://\(settings.host.contains(":") ? "[\(settings.host)]" : settings.host):\(workers.port)"
    if let file = token.file { log.info("the admin token is in a file", ["file": file]) }
    log.info("serving", ["address": address, "workers": "\(settings.workers)"])
    announce(address)
    await stop.wait()
    log.info("stopping")
    background.stop()
    rollout.stop()
    sampling.stop()
    loopWatch.stop()
    await workers.stop()
    await background.tellRest()
    await watch.stop()
    return .done
  }

  /// Makes the control schema. A database that is away is no reason not to start: requests are answered 503 until
  /// it is there.
  private func prepare(_ store: ControlStore, unless stop: StopSignal) async throws {
    do { try await store.prepare() } catch let error as DatabaseError {
      log.warning("the control schema cannot be prepared yet", ["error": error.description])
      loop.spawn {
        while !stop.hasArrived, (try? await store.prepare()) == nil {
          await loop.sleep(milliseconds: Self.prepareMilliseconds)
        }
      }
    }
  }
}

/// SIGTERM or SIGINT. The first is waited for; a second one ends the process at once.
final class StopSignal {
  private(set) var hasArrived = false
  private var waiting: CheckedContinuation<Void, Never>?
  private var watchers: [SignalWatcher] = []

  init(on loop: EventLoop) throws {
    for signal in [SIGTERM, SIGINT] {
      watchers.append(try SignalWatcher(on: loop, signal: signal) { [unowned self] in arrived() })
    }
  }

  func wait() async {
    if hasArrived { return }
    await withCheckedContinuation { waiting = $0 }
  }

  private func arrived() {
    if hasArrived { exit(ExitCode.failed.rawValue) }
    hasArrived = true
    waiting?.resume()
    waiting = nil
  }
}
