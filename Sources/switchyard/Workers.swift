import EventLoop

/// The workers of this process, each on a thread of its own, all on one port.
final class Workers {
  private let stopSignals: [AsyncStream<Void>.Continuation]
  private let ends: [Task<Void, Never>]
  let port: UInt16

  private init(stopSignals: [AsyncStream<Void>.Continuation], ends: [Task<Void, Never>], port: UInt16) {
    self.stopSignals = stopSignals
    self.ends = ends
    self.port = port
  }

  static func start(_ plan: WorkerPlan, count: Int, port: UInt16) async throws -> Workers {
    var stopSignals: [AsyncStream<Void>.Continuation] = []
    var ends: [Task<Void, Never>] = []
    var port = port
    for number in 0..<count {
      let (stops, stop) = AsyncStream<Void>.makeStream()
      let loop = try LoopThread().loop
      let (ports, portFound) = AsyncThrowingStream<UInt16, any Error>.makeStream()
      let wanted = port
      ends.append(
        Task {
          await loop.run { loop in
            let worker: Worker
            do { worker = try Worker(plan, number, port: wanted, on: loop) } catch {
              portFound.finish(throwing: error)
              return
            }
            portFound.yield(worker.port)
            portFound.finish()
            for await _ in stops { break }
            await worker.stop()
          }
        })
      stopSignals.append(stop)
      for try await found in ports { port = found }
    }
    return Workers(stopSignals: stopSignals, ends: ends, port: port)
  }

  func stop() async {
    for signal in stopSignals { signal.yield() }
    for end in ends { await end.value }
  }
}
