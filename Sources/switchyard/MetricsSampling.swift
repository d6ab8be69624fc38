import API
import Cutover
import EventLoop
import Migration
import Observability
import Postgres
import SQL

/// Gathers, every few seconds, what the metrics tell of the database and of the process: nobody who asks for them waits
/// for that. It has a connection of its own, so that what it tells does not depend on how busy the others are.
final class MetricsSampling {
  private static let sampleMilliseconds = 5_000
  private static let statementMillisecondsMax = 2_000

  private let metrics: ServerMetrics
  let pool: Pool
  private let sampler: ControlSampler
  private let log: Log
  private let loop: EventLoop
  private var isFailing = false
  private var isStopped = false

  init(
    _ migrations: [Migration], _ metrics: ServerMetrics, _ database: ConnectionSettings, log: Log, on loop: EventLoop
  ) {
    self.metrics = metrics
    self.log = log
    self.loop = loop
    pool = Pool(
      database.with(statementMillisecondsMax: Self.statementMillisecondsMax), limits: PoolLimits(connectionsMax: 1),
      on: loop)
    sampler = ControlSampler(migrations, database: pool)
  }

  func start() {
    loop.spawn {
      while !self.isStopped {
        await self.sample()
        await self.loop.sleep(milliseconds: Self.sampleMilliseconds)
      }
    }
  }

  func stop() {
    isStopped = true
    pool.close()
  }

  private func sample() async {
    if let process = ProcessUsage.read() { metrics.set(process) }
    let begun = ContinuousClock.now
    do {
      metrics.set(try await sampler.sample(), begun: begun)
      isFailing = false
    } catch {
      metrics.sampleFailed()
      if !isFailing, !isStopped { log.warning("the metrics lack the database", ["error": error.description]) }
      isFailing = true
    }
  }
}
