import Cutover
import EventLoop
import Observability
import Rollout
import SQL

/// Turns flags off when this process's guards trip, and moves the ramps when no other process does.
final class RolloutTasks {
  private static let rampMilliseconds = 500
  /// Until a trip that could not be carried out is tried again.
  private static let retryMilliseconds = 100

  private let driver: RolloutDriver
  private let flags: FlagBox
  private let watch: CanaryWatch
  private let log: Log
  private let loop: EventLoop
  private var isStopped = false

  init(_ store: ControlStore, _ flags: FlagBox, _ watch: CanaryWatch, log: Log, on loop: EventLoop) {
    driver = RolloutDriver(store)
    self.flags = flags
    self.watch = watch
    self.log = log
    self.loop = loop
  }

  func start() {
    loop.spawn { for await trip in self.watch.trips { await self.turnOff(trip) } }
    loop.spawn {
      while !self.isStopped {
        await self.moveRamps()
        await self.loop.sleep(milliseconds: Self.rampMilliseconds)
      }
    }
  }

  func stop() {
    isStopped = true
    watch.stop()
  }

  private func turnOff(_ trip: CanaryWatch.Trip) async {
    while !isStopped {
      do {
        if let decision = try await driver.turnOff(trip) { tell(decision) }
        return
      } catch {
        log.warning(
          "a guard has tripped, and the flag cannot be turned off yet",
          [
            "service": trip.seen.service, "error": "\(error)",
          ])
      }
      await loop.sleep(milliseconds: Self.retryMilliseconds)
    }
  }

  private func moveRamps() async {
    guard flags.current.hasRamps else { return }
    do {
      try await driver.tell(watch.seen, as: ProcessName.current.description)
      for decision in try await driver.moveRamps() { tell(decision) }
    } catch let error as DatabaseError where error.state == .undefinedTable {
      log.debug("nothing to ramp yet")
    } catch {
      log.warning("the ramps cannot be moved", ["error": "\(error)"])
    }
  }

  private func tell(_ decision: RolloutDriver.Decision) {
    let fields: KeyValuePairs = ["service": decision.service, "reason": decision.reason]
    switch decision.kind {
    case .trip: log.warning("a guard turned the flag off", fields)
    case .raise: log.info("a ramp raised the canary", fields)
    case .pause: log.info("a ramp waits", fields)
    }
  }
}
