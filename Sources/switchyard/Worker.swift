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
  let counts: ReadCounts
}

/// One loop with its own listener, connections and database connections.
final class Worker {
  private static let drainMilliseconds = 10_000

  private let pool: Pool
  private let readPool: Pool?
  private let server: Server

  /// - Parameter port: 0 for one that is free.
  init(_ plan: WorkerPlan, port: UInt16, on loop: EventLoop) throws {
    let limits = PoolLimits(connectionsMax: plan.connections)
    pool = Pool(plan.database, limits: limits, on: loop)
    readPool = plan.readDatabase.map { Pool($0, limits: limits, on: loop) }
    let api = API(
      APIContext(
        migrations: Catalog.migrations, adapter: QueryAdapter(database: readPool ?? pool, flags: plan.flags),
        database: pool, brands: BrandMetrics.brands,
        store: ControlStore(database: pool, migrations: Catalog.migrations),
        propagation: FlagPropagation(pool, on: loop), scorer: plan.scorer,
        adminToken: plan.adminToken, files: plan.files, log: plan.log,
        counts: plan.counts))
    server = try Server(host: plan.host, port: port, responder: api, refusal: Problem.refusal, on: loop)
  }

  var port: UInt16 { server.port }

  /// Lets running requests end.
  func stop() async {
    await server.stop(withinMilliseconds: Self.drainMilliseconds)
    pool.close()
    readPool?.close()
  }
}
