import Observability
import Synchronization

/// Connections of one pool to the database, at one moment.
package struct PoolReading: Sendable, Equatable {
  package enum State: String, Sendable, CaseIterable { case opening, idle, busy, leased, away }

  /// What it is for, such as `requests`.
  package let pool: String
  package let connections: [State: Int]
  package let waiting: Int

  package init(pool: String, connections: [State: Int], waiting: Int) {
    self.pool = pool
    self.connections = connections
    self.waiting = waiting
  }
}

/// What one loop tells of itself.
package final class LoopMeter: Sendable {
  private struct State {
    /// nil: the loop does not tick yet.
    var lag: LagWindow?
    var httpConnections = 0
    var pools: [PoolReading] = []
  }

  package let name: String
  private let state = Mutex(State())

  init(_ name: String) { self.name = name }

  /// - Parameters:
  ///   - period: nanoseconds from one tick to the next.
  ///   - ticks: how many are looked back.
  package func start(period: Int, ticks: Int, now: Int) {
    state.withLock { $0.lag = LagWindow(period: period, ticks: ticks, now: now) }
  }

  /// The loop ticks, and tells what it has.
  package func tick(now: Int, httpConnections: Int, pools: [PoolReading]) {
    state.withLock { state in
      state.lag?.tick(now: now)
      state.httpConnections = httpConnections
      state.pools = pools
    }
  }

  func reading(now: Int) -> (lag: Int?, httpConnections: Int, pools: [PoolReading]) {
    state.withLock { ($0.lag?.worst(now: now), $0.httpConnections, $0.pools) }
  }
}
