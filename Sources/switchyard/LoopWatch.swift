import API
import EventLoop
import HTTPServer
import Postgres

/// Tells a loop's meter how late the loop is, and what its connections do.
final class LoopWatch {
  private static let tickMilliseconds = 250
  private static let lookBackMilliseconds = 15_000

  private var timer: LoopTimer?

  static var now: Int { Int(EventLoop.monotonicNanoseconds) }

  /// - Parameter pools: those that there are by then.
  init(
    _ meter: LoopMeter, server: Server? = nil, on loop: EventLoop,
    pools: @escaping () -> [(name: String, pool: Pool)]
  ) {
    func tick() {
      meter.tick(
        now: Self.now, httpConnections: server?.connectionCount ?? 0,
        pools: pools().map { PoolReading($0.name, $0.pool.occupancy) })
    }
    meter.start(
      period: Self.tickMilliseconds * 1_000_000, ticks: Self.lookBackMilliseconds / Self.tickMilliseconds,
      now: Self.now)
    timer = LoopTimer(on: loop) { tick() }
    timer?.start(afterMilliseconds: Self.tickMilliseconds, repeatMilliseconds: Self.tickMilliseconds)
  }

  func stop() { timer = nil }
}

extension PoolReading {
  fileprivate init(_ pool: String, _ occupancy: PoolOccupancy) {
    self.init(
      pool: pool,
      connections: [
        .opening: occupancy.opening, .idle: occupancy.idle, .busy: occupancy.busy, .leased: occupancy.leased,
        .away: occupancy.away,
      ], waiting: occupancy.waiting)
  }
}
