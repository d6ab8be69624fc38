package import Cutover
package import Migration
import Observability
package import Rollout
import Synchronization

/// What a process tells of itself.
package struct ProcessReading: Sendable {
  package let cpuSeconds: Double
  package let residentBytes: Int
  package let openFiles: Int
  package let openFilesMax: Int
  /// Since 1970.
  package let startedAt: Double

  package init(cpuSeconds: Double, residentBytes: Int, openFiles: Int, openFilesMax: Int, startedAt: Double) {
    self.cpuSeconds = cpuSeconds
    self.residentBytes = residentBytes
    self.openFiles = openFiles
    self.openFilesMax = openFilesMax
    self.startedAt = startedAt
  }
}

/// The metrics of a process: every loop writes into a meter of its own, and whoever asks adds them up. Nothing here
/// waits for anything: what comes from the database is the latest sample.
package final class ServerMetrics: Sendable {
  private struct Sampled {
    var process: ProcessReading?
    var control: ControlSample?
    var controlAt = ContinuousClock.now
    var failures = 0
  }

  /// The loop that answers no requests but does what a server does by itself.
  package let background: LoopMeter
  package let workers: [(loop: LoopMeter, requests: RequestMeter)]
  private let flags: FlagBox
  private let canaries: CanaryWatch
  private let services: [String]
  private let noRequests: RequestMeter.Totals
  private let now: @Sendable () -> Int
  private let sampled = Mutex(Sampled())

  /// - Parameter now: nanoseconds on the clock of the loops' ticks.
  package init(
    _ migrations: [Migration], flags: FlagBox, canaries: CanaryWatch, workers: Int, now: @escaping @Sendable () -> Int
  ) {
    self.flags = flags
    self.canaries = canaries
    self.now = now
    services = migrations.flatMap(\.services).map(\.name)
    noRequests = RequestMeter(migrations).totals
    background = LoopMeter("background")
    self.workers = (1...workers).map { (LoopMeter("worker-\($0)"), RequestMeter(migrations)) }
  }

  package func set(_ process: ProcessReading) { sampled.withLock { $0.process = process } }

  /// - Parameter begun: when it was asked for.
  package func set(_ control: ControlSample, begun: ContinuousClock.Instant) {
    sampled.withLock {
      $0.control = control
      $0.controlAt = begun
    }
  }

  package func sampleFailed() { sampled.withLock { $0.failures += 1 } }

  /// What all loops have answered since the last call.
  package func takeReads() -> ReadTally {
    var tally = ReadTally()
    for worker in workers { tally.merge(worker.requests.takeReads()) }
    return tally
  }

  /// What all loops have answered since the start.
  package var requests: RequestMeter.Totals {
    var totals = noRequests
    for worker in workers { totals.merge(worker.requests.totals) }
    return totals
  }

  /// As Prometheus reads them.
  func exposition() -> [UInt8] {
    var text = Exposition(Metric.registry)
    let requests = requests
    text.add(requests.requests)
    text.add(requests.durations)
    text.add(requests.shadows)
    addLoops(to: &text)
    addFlags(to: &text)
    let sampled = sampled.withLock { $0 }
    text.add(Metric.sampleAge, (ContinuousClock.now - sampled.controlAt) / .seconds(1))
    text.add(Metric.sampleFailures, Double(sampled.failures))
    if let control = sampled.control { control.add(to: &text) }
    if let process = sampled.process { process.add(to: &text) }
    return text.finish()
  }

  private func addLoops(to text: inout Exposition) {
    var httpConnections = 0
    var connections: [String: [PoolReading.State: Int]] = [:]
    var waiting: [String: Int] = [:]
    let now = now()
    for loop in [background] + workers.map(\.loop) {
      let reading = loop.reading(now: now)
      if let lag = reading.lag { text.add(Metric.loopLag, [loop.name], Double(lag) / 1e9) }
      httpConnections += reading.httpConnections
      for pool in reading.pools {
        connections[pool.pool, default: [:]].merge(pool.connections, uniquingKeysWith: +)
        waiting[pool.pool, default: 0] += pool.waiting
      }
    }
    text.add(Metric.httpConnections, Double(httpConnections))
    for (pool, states) in connections.sorted(by: { $0.key < $1.key }) {
      for state in PoolReading.State.allCases {
        text.add(Metric.poolConnections, [pool, state.rawValue], Double(states[state] ?? 0))
      }
      text.add(Metric.poolWaiting, [pool], Double(waiting[pool] ?? 0))
    }
  }

  private func addFlags(to text: inout Exposition) {
    let current = flags.current
    for service in services {
      let flag = current.flag(of: service)
      text.add(Metric.flagEnabled, [service], flag.useNewSchema ? 1 : 0)
      text.add(Metric.flagCanary, [service], Double(flag.canaryPercent.hundredths) / 100)
      text.add(Metric.flagShadow, [service], Double(flag.shadowPercent.hundredths) / 100)
      for reason in Guard.Reason.allCases {
        text.add(Metric.guardTrips, [service, reason.rawValue], Double(canaries.trips(of: service, for: reason)))
      }
    }
    text.add(Metric.flagEpoch, Double(current.epoch))
    text.add(Metric.flagAge, flags.age / .seconds(1))
    text.add(Metric.flagLapsed, flags.hasLapsed ? 1 : 0)
  }
}

extension ProcessReading {
  fileprivate func add(to text: inout Exposition) {
    text.add(Metric.processCPU, cpuSeconds)
    text.add(Metric.processMemory, Double(residentBytes))
    text.add(Metric.processFiles, Double(openFiles))
    text.add(Metric.processFilesMax, Double(openFilesMax))
    text.add(Metric.processStart, startedAt)
  }
}
