package import EventLoop
package import HTTP

/// Paths that are measured together, under one name.
package struct LoadGroup: Sendable {
  package let name: String
  package let paths: [String]

  package init(_ name: String, paths: [String]) { (self.name, self.paths) = (name, paths) }
}

/// Carries out a schedule. Everything happens on one loop, in callbacks.
package final class LoadRun {
  private static let checkMilliseconds = 100
  /// Requests that are sent between two looks at the sockets.
  private static let burstMax = 64

  private struct Flight {
    let slot: Schedule.Slot
    let connection: Int
  }

  private let loop: EventLoop
  private let target: Target
  private let groups: [LoadGroup]
  /// More fields of the requests' heads, for each side.
  private let fields: [String]
  private let judge: (Answer, Schedule.Side) -> String?
  private let progress: (Int, Int) -> Void
  private let isPaired: Bool

  private var schedule: Schedule
  private var recording: Recording
  private var connections: [ClientConnection] = []
  private var free = Queue<Int>()
  private var waiting = Queue<Schedule.Slot>()
  private var underWay: [Schedule.Slot?] = []
  private var beginning: UInt64 = 0
  private var doneCount = 0
  private var alarm: Alarm?
  private var checks: LoopTimer?
  private var finished: CheckedContinuation<Void, Never>?

  /// - Parameters:
  ///   - host: the target's numeric address.
  ///   - fields: for each side, more fields of a request's head, each with its line end. One side: percentiles only.
  ///   - judge: what is wrong with an answer, in a few words that are the same for all such answers; nil: nothing.
  ///   - progress: told now and then how many requests are done, and of how many.
  package init(
    _ plan: Plan, _ target: Target, host: String, groups: [LoadGroup], fields: [String], on loop: EventLoop,
    judge: @escaping (Answer, Schedule.Side) -> String?, progress: @escaping (Int, Int) -> Void
  ) {
    precondition((1...2).contains(fields.count))
    (self.loop, self.target, self.groups, self.fields) = (loop, target, groups, fields)
    (self.judge, self.progress) = (judge, progress)
    isPaired = fields.count == 2
    schedule = Schedule(plan, isPaired: isPaired, pathCounts: groups.map(\.paths.count))
    recording = Recording(requests: schedule.count, isPaired: isPaired)
    for index in 0..<plan.concurrency {
      connections.append(ClientConnection(host: host, port: target.port, on: loop))
      free.append(index)
    }
    underWay = Array(repeating: nil, count: plan.concurrency)
  }

  /// Runs to the end: at most as long as the plan says and one request's time limit.
  package func run() async throws(UVError) -> Recording {
    let alarm = try Alarm(on: loop) { [unowned self] in sendWhatIsDue() }
    let checks = LoopTimer(on: loop) { [unowned self] in check() }
    (self.alarm, self.checks) = (alarm, checks)
    checks.start(afterMilliseconds: Self.checkMilliseconds, repeatMilliseconds: Self.checkMilliseconds)
    beginning = EventLoop.monotonicNanoseconds
    alarm.set(at: beginning)
    await withCheckedContinuation { finished = $0 }
    (self.alarm, self.checks) = (nil, nil)
    for connection in connections {
      recording.resentCount += connection.resentCount
      connection.close()
    }
    progress(doneCount, schedule.count)
    return recording
  }

  private func sendWhatIsDue() {
    var sent = 0
    while sent < Self.burstMax, let due = schedule.due {
      let now = EventLoop.monotonicNanoseconds
      guard beginning + due <= now, let slot = schedule.popNext() else { break }
      recording.sent(slot, lateBy: now - beginning - due)
      take(slot)
      sent += 1
    }
    if let due = schedule.due { alarm?.set(at: beginning + due) }
  }

  private func take(_ slot: Schedule.Slot) {
    if let connection = free.popFirst() {
      send(slot, over: connection)
    } else if waiting.count < Plan.waitingMax {
      waiting.append(slot)
    } else {
      finish(slot, .failure(.queueFull))
    }
  }

  private func send(_ slot: Schedule.Slot, over connection: Int) {
    underWay[connection] = slot
    let request = target.request(groups[slot.group].paths[slot.path], fields: fields[slot.side.rawValue])
    connections[connection].send(request) { [unowned self] result in
      underWay[connection] = nil
      finish(slot, result)
      if let next = waiting.popFirst() { send(next, over: connection) } else { free.append(connection) }
    }
  }

  private func finish(_ slot: Schedule.Slot, _ result: Result<Answer, ClientError>) {
    let latency = EventLoop.monotonicNanoseconds - beginning - slot.nanoseconds
    doneCount += 1
    var comparable: Answer?
    switch result {
    case .success(let answer):
      if let fault = judge(answer, slot.side) {
        recording.failed(slot, fault)
      } else {
        recording.answered(slot, after: latency)
        comparable = answer
      }
    case .failure(let error): recording.failed(slot, error.description)
    }
    if isPaired, !slot.isWarmUp {
      recording.comparison.take(comparable, of: slot, path: groups[slot.group].paths[slot.path])
    }
    if doneCount == schedule.count {
      finished?.resume()
      finished = nil
    }
  }

  /// Gives up on requests that have taken too long, also on those that still wait.
  private func check() {
    let now = EventLoop.monotonicNanoseconds - beginning
    let limit = UInt64(Plan.requestSecondsMax) * 1_000_000_000
    while let slot = waiting.first, slot.nanoseconds + limit <= now {
      _ = waiting.popFirst()
      finish(slot, .failure(.timedOut))
    }
    for (index, slot) in underWay.enumerated() {
      if let slot, slot.nanoseconds + limit <= now { connections[index].giveUp() }
    }
    progress(doneCount, schedule.count)
  }
}
