import API
import Catalog
import Cutover
import EventLoop
import HTTPServer
import Hashing
import Observability
import Postgres
import QueryAdapter
import Rollout
import Scoring

/// What all workers share. Nothing in it changes but the flags.
struct WorkerPlan: Sendable {
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
}

/// One loop with its own listener, connections and database connections.
final class Worker {
  private static let drainMilliseconds = 10_000

  private let pool: Pool
  private let readPool: Pool?
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
    readPool = plan.readDatabase.map { Pool($0, limits: limits, on: loop) }
    let shadowPool = LazyPool((plan.readDatabase ?? plan.database).forShadows, on: loop)
    self.shadowPool = shadowPool
    let shadows = ShadowReads(connect: { shadowPool.pool }, on: loop) { [ledger = plan.shadows] in
      ledger.add($0)
      meter.requests.shadowed($0)
    }
    let api = API(
      APIContext(
        migrations: Catalog.migrations,
        adapter: QueryAdapter(database: readPool ?? pool, flags: plan.flags, shadows: shadows),
        database: pool, brands: BrandMetrics.brands,
        store: ControlStore(database: pool, migrations: Catalog.migrations),
        propagation: FlagPropagation(pool, on: loop), scorer: plan.scorer,
        adminToken: plan.adminToken, files: plan.files, log: plan.log,
        metrics: plan.metrics, meter: meter.requests))
    server = try Server(host: plan.host, port: port, responder: api, refusal: Problem.refusal, on: loop)
    let pools = [("requests", pool), ("reads", readPool)]
    watch = LoopWatch(meter.loop, server: server, on: loop) {
      (pools + [("shadows", shadowPool.made)]).compactMap { name, pool in pool.map { (name, $0) } }
    }
  }

  var port: UInt16 { server.port }

  /// Lets running requests end.
  func stop() async {
    await server.stop(withinMilliseconds: Self.drainMilliseconds)
    watch.stop()
    pool.close()
    readPool?.close()
    shadowPool.close()
  }
}

/// One connection, made when it is first asked for.
private final class LazyPool {
  private let settings: ConnectionSettings
  private let loop: EventLoop
  private(set) var made: Pool?

  init(_ settings: ConnectionSettings, on loop: EventLoop) {
    self.settings = settings
    self.loop = loop
  }

  var pool: Pool {
    if let made { return made }
    let pool = Pool(settings, limits: PoolLimits(connectionsMax: 1), on: loop)
    made = pool
    return pool
  }

  func close() { made?.close() }
}

extension ConnectionSettings {
  /// How long a side of a shadow read may take.
  private static let shadowMillisecondsMax = 2_000

  fileprivate var forShadows: ConnectionSettings {
    with(statementMillisecondsMax: min(statementMillisecondsMax ?? .max, Self.shadowMillisecondsMax))
  }
}
