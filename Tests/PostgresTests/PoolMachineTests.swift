import Testing

@testable import Postgres

/// The transitions one by one. `PoolMachineModelTests` tries every order of them.
@Suite struct PoolMachineTests {
  /// A machine with all its connections open.
  private static func opened(_ connections: Int, groups: Int = 2, queue: Int = 4) -> PoolMachine {
    var limits = PoolLimits(connectionsMax: connections)
    limits.groupsPerConnectionMax = groups
    limits.queueMax = queue
    limits.waitMillisecondsMax = 100
    var machine = PoolMachine(limits: limits)
    #expect(machine.start() == (0..<connections).map { .open($0, afterMilliseconds: 0) })
    for slot in 0..<connections { #expect(machine.opened(slot) == []) }
    return machine
  }

  @Test func spreadsReadsOverTheLeastBusy() {
    var machine = Self.opened(2)
    #expect(
      (1...4).map { machine.ask($0, .shared, now: 0) } == [0, 1, 0, 1].enumerated().map { [.run($0 + 1, on: $1)] })
    #expect(machine.ask(5, .shared, now: 0) == [])
    #expect(machine.hasWaiting)
    #expect(machine.finished(1) == [.run(5, on: 1)])
    #expect(!machine.hasWaiting)
  }

  @Test func waitsForTheFirstConnection() {
    var machine = PoolMachine(limits: PoolLimits(connectionsMax: 1))
    #expect(machine.start() == [.open(0, afterMilliseconds: 0)])
    #expect(machine.openCount == 0)
    #expect(machine.ask(1, .exclusive, now: 0) == [])
    #expect(machine.ask(2, .shared, now: 0) == [])
    #expect(machine.opened(0) == [.lease(1, on: 0)])
    #expect(machine.openCount == 1)
    #expect(machine.finished(0) == [.run(2, on: 0)])
  }

  @Test func refusesWhatTheQueueCannotHold() {
    var machine = Self.opened(1, groups: 1, queue: 2)
    #expect(machine.ask(1, .shared, now: 0) == [.run(1, on: 0)])
    #expect(machine.ask(2, .shared, now: 0) == [])
    #expect(machine.ask(3, .exclusive, now: 0) == [])
    #expect(machine.ask(4, .shared, now: 0) == [.refuse(4)])
    #expect(machine.finished(0) == [.run(2, on: 0)])
    #expect(machine.finished(0) == [.lease(3, on: 0)])
  }

  @Test func refusesWhatWaitedTooLong() {
    var machine = Self.opened(1, groups: 1)
    #expect(machine.ask(1, .shared, now: 0) == [.run(1, on: 0)])
    #expect(machine.ask(2, .shared, now: 10) == [])
    #expect(machine.ask(3, .shared, now: 11) == [])
    #expect(machine.expire(now: 109) == [])
    #expect(machine.expire(now: 110) == [.refuse(2)])
    #expect(machine.expire(now: 500) == [.refuse(3)])
    #expect(machine.finished(0) == [])
  }

  /// Reads that keep coming do not keep a transaction from its turn.
  @Test func keepsAConnectionForATransactionThatWaits() {
    var machine = Self.opened(1, groups: 2, queue: 100)
    #expect(machine.ask(1, .shared, now: 0) == [.run(1, on: 0)])
    #expect(machine.ask(2, .exclusive, now: 0) == [])
    for read in 3..<50 { #expect(machine.ask(read, .shared, now: 0) == []) }
    #expect(machine.finished(0) == [.lease(2, on: 0)])
    #expect(machine.finished(0) == [.run(3, on: 0), .run(4, on: 0)])
  }

  @Test func keepsReadsGoingBesideATransactionThatWaits() {
    var machine = Self.opened(2, groups: 2, queue: 100)
    for read in 1...2 { #expect(machine.ask(read, .shared, now: 0) == [.run(read, on: read - 1)]) }
    #expect(machine.ask(3, .exclusive, now: 0) == [])
    #expect(machine.ask(4, .shared, now: 0) == [.run(4, on: 1)])
    #expect(machine.ask(5, .shared, now: 0) == [])
    #expect(machine.finished(0) == [.lease(3, on: 0)])
    #expect(machine.finished(1) == [.run(5, on: 1)])
  }

  @Test func neverLendsTheLastConnection() {
    var machine = Self.opened(3)
    #expect(machine.ask(1, .exclusive, now: 0) == [.lease(1, on: 0)])
    #expect(machine.ask(2, .exclusive, now: 0) == [.lease(2, on: 1)])
    #expect(machine.ask(3, .exclusive, now: 0) == [])
    #expect(machine.ask(4, .shared, now: 0) == [.run(4, on: 2)])
    #expect(machine.finished(0) == [.lease(3, on: 0)])
  }

  @Test func reopensALostConnectionAtOnce() {
    var machine = Self.opened(2)
    #expect(machine.closed(0, jitter: 1) == [.open(0, afterMilliseconds: 0)])
    #expect(machine.openCount == 1)
    #expect(machine.ask(1, .shared, now: 0) == [.run(1, on: 1)])
    #expect(machine.opened(0) == [])
    #expect(machine.openCount == 2)
  }

  @Test func sendsOneToKnockWhenTheServerIsAway() {
    var machine = Self.opened(3)
    #expect(machine.ask(1, .exclusive, now: 0) == [.lease(1, on: 0)])
    #expect(machine.closed(0, jitter: 1) == [.open(0, afterMilliseconds: 0)])
    #expect(machine.closed(1, jitter: 1) == [])
    #expect(machine.closed(2, jitter: 1) == [])
    #expect(machine.ask(2, .shared, now: 0) == [])
    #expect(machine.closed(0, jitter: 1) == [.open(0, afterMilliseconds: 100), .refuse(2)])
    #expect(machine.ask(3, .shared, now: 0) == [.refuse(3)])
    #expect(machine.closed(0, jitter: 1) == [.open(0, afterMilliseconds: 200)])
    #expect(machine.opened(0) == [.open(1, afterMilliseconds: 0), .open(2, afterMilliseconds: 0)])
    #expect(machine.ask(4, .shared, now: 0) == [.run(4, on: 0)])
  }

  /// However many connections find at the start that nobody is there, that is one failure and not one each.
  @Test(arguments: 1...20) func beginsToBackOffSlowly(_ connections: Int) {
    var machine = PoolMachine(limits: PoolLimits(connectionsMax: connections))
    _ = machine.start()
    var delays: [Int] = []
    for slot in 0..<connections {
      for case .open(_, let delay) in machine.closed(slot, jitter: 1) { delays.append(delay) }
    }
    #expect(delays.count == 1)
    #expect(delays.allSatisfy { (100...200).contains($0) }, "\(delays)")
  }

  /// Within 5 s of the server's return it is knocked at, and has time left to answer.
  @Test func backsOffWithinBounds() {
    let limits = PoolLimits(connectionsMax: 1)
    #expect(limits.backOffMilliseconds(failures: 0, jitter: 1) == 0)
    var before = 0
    for failures in 1...100 {
      let (least, most) = (
        limits.backOffMilliseconds(failures: failures, jitter: 0),
        limits.backOffMilliseconds(failures: failures, jitter: 1)
      )
      #expect(least * 2 == most)
      #expect(most == before || most == max(100, min(before * 2, most)))
      #expect(most >= before)
      #expect((100..<5_000).contains(most))
      before = most
    }
    #expect(limits.backOffMilliseconds(failures: .max, jitter: 1) == before)
  }

  @Test func ignoresWhatEndsOnAConnectionThatIsGone() {
    var machine = Self.opened(1)
    #expect(machine.ask(1, .shared, now: 0) == [.run(1, on: 0)])
    #expect(machine.closed(0, jitter: 0) == [.open(0, afterMilliseconds: 0)])
    #expect(machine.finished(0) == [])
    #expect(machine.opened(0) == [])
    #expect(machine.ask(2, .exclusive, now: 0) == [.lease(2, on: 0)])
  }
}
