import API
import Cutover
import EventLoop
import HTTPServer
import Hashing
import Migration
import Observability
import Postgres
import QueryAdapter
import Rollout
import SQL
import Scoring

/// What all workers share. Nothing in it changes but the flags.
struct WorkerPlan: Sendable {
  let migrations: [Migration]
  let database: ConnectionSettings
  let readDatabase: ConnectionSettings?
  let connections: Int
  let host: String
  let flags: FlagBox
  let scorer: Scorer
  let adminToken: Secret?
  let files: StaticFiles
  let log: Log
  let metrics: ServerMetrics
  let shadows: ShadowLedger
  let canaries: CanaryWatch
}

/// One loop with its own listener, connections and database connections.
final class Worker {
  private static let drainMilliseconds = 10_000
  /// One stays free of comparisons.
  private static let shadowConnections = 5
  /// For calls that change flags, pause jobs or roll back: they wait behind no other request.
  private static let operatorConnections = 2

  private let pool: Pool
  private let operatorPool: Pool
  private let readPool: Pool?
  private let trialPool: LazyPool
  private let shadowPool: LazyPool
  private let server: Server
  private let watch: LoopWatch

  /// - Parameters:
  ///   - number: of this worker, from 0.
  ///   - port: 0 for one that is free.
  init(_ plan: WorkerPlan, _ number: Int, port: UInt16, on loop: EventLoop) throws {
    let meter = plan.metrics.workers[number]
    let limits = PoolLimits(connectionsMax: plan.connections)
    pool = Pool(plan.database, limits: limits, on: loop)
    operatorPool = Pool(plan.database, limits: PoolLimits(connectionsMax: Self.operatorConnections), on: loop)
    readPool = plan.readDatabase.map { Pool($0, limits: limits, on: loop) }
    let reads = plan.readDatabase ?? plan.database
    let trialPool = LazyPool(
      reads.forTrials, .forTrials(connections: plan.connections, milliseconds: reads.trialMillisecondsMax),
      on: loop)
    self.trialPool = trialPool
    let shadowPool = LazyPool(reads, PoolLimits(connectionsMax: Self.shadowConnections), on: loop)
    self.shadowPool = shadowPool
    let observer = ShadowObserver(plan.shadows, meter.requests, plan.flags, plan.canaries)
    let shadows = ShadowReads(
      in: shadowPool, hasCapacity: { shadowPool.hasCapacity }, newMillisecondsMax: reads.trialMillisecondsMax, on: loop,
      judge: { await observer.judge($0, in: $1) },
      report: { observer.tell($0) })
    let api = API(
      APIContext(
        migrations: plan.migrations,
        adapter: QueryAdapter(
          database: readPool ?? pool, trial: trialPool, flags: plan.flags, watch: plan.canaries, shadows: shadows),
        database: pool, operators: operatorPool,
        store: ControlStore(database: operatorPool, migrations: plan.migrations),
        propagation: FlagPropagation(operatorPool, on: loop), scorer: plan.scorer,
        adminToken: plan.adminToken, files: plan.files, log: plan.log,
        metrics: plan.metrics, meter: meter.requests))
    server = try Server(host: plan.host, port: port, responder: api, refusal: Problem.refusal, on: loop)
    let pools = [("requests", pool), ("operators", operatorPool), ("reads", readPool)]
    watch = LoopWatch(meter.loop, server: server, on: loop) {
      (pools + [("trials", trialPool.made), ("shadows", shadowPool.made)]).compactMap { name, pool in
        pool.map { (name, $0) }
      }
    }
  }

  var port: UInt16 { server.port }

  /// Lets running requests end.
  func stop() async {
    await server.stop(withinMilliseconds: Self.drainMilliseconds)
    watch.stop()
    pool.close()
    operatorPool.close()
    readPool?.close()
    trialPool.close()
    shadowPool.close()
  }
}

/// Connections that are made when one is first asked for.
private final class LazyPool: Database {
  private let settings: ConnectionSettings
  private let limits: PoolLimits
  private let loop: EventLoop
  private(set) var made: Pool?

  init(_ settings: ConnectionSettings, _ limits: PoolLimits, on loop: EventLoop) {
    self.settings = settings
    self.limits = limits
    self.loop = loop
  }

  var pool: Pool {
    if let made { return made }
    let pool = Pool(settings, limits: limits, on: loop)
    made = pool
    return pool
  }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    try await pool.read(statements)
  }

  func run(script: String) async throws(DatabaseError) { try await pool.run(script: script) }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await pool.transaction(body)
  }

  func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await pool.snapshot(body)
  }

  /// The first to ask opens the connections.
  var hasCapacity: Bool { pool.hasCapacity }

  func close() { made?.close() }
}

extension ConnectionSettings {
  /// New may take this share of the time that a request has; the rest is for old.
  private static let trialShare = 5

  /// How long new may take while old can still answer; nil: for ever.
  fileprivate var trialMillisecondsMax: Int? { statementMillisecondsMax.map { max(1, $0 / Self.trialShare) } }

  fileprivate var forTrials: ConnectionSettings { with(statementMillisecondsMax: trialMillisecondsMax) }
}

extension PoolLimits {
  /// Nobody waits behind a statement that hangs.
  fileprivate static func forTrials(connections: Int, milliseconds: Int?) -> PoolLimits {
    var limits = PoolLimits(connectionsMax: connections)
    limits.groupsPerConnectionMax = 1
    limits.waitMillisecondsMax = milliseconds ?? limits.waitMillisecondsMax
    return limits
  }
}
