@testable import Postgres

/// What must hold of a `PoolMachine`, kept in its own books: it hears every event and every action.
struct PoolModel {
  enum Event: Equatable {
    case askShared
    case askExclusive
    /// The n-th of what is under way, oldest first, has ended well.
    case finish(Int)
    case opened(Int)
    case closed(Int)
    case expire
  }

  private enum Slot: Equatable {
    case opening(delay: Int)
    case open(groups: [PoolMachine.Request])
    case leased(PoolMachine.Request)
    case away
  }

  static let jitter = 1.0

  private(set) var faults: [String] = []
  private var machine: PoolMachine
  private let limits: PoolLimits
  private var slots: [Slot]
  private var waiting: [(request: PoolMachine.Request, kind: PoolMachine.Kind, since: Int)] = []
  private var underWay: [(request: PoolMachine.Request, slot: Int)] = []
  private var now = 0
  private var lastRequest = 0
  private var lastDelay = 0
  private var hasFailed = false

  init(_ limits: PoolLimits) {
    self.limits = limits
    machine = PoolMachine(limits: limits)
    slots = Array(repeating: .away, count: limits.connectionsMax)
    take(machine.start(), refusalsAllowed: false)
    check()
  }

  /// The events that the world can bring now.
  var possible: [Event] {
    var events: [Event] = [.askShared, .askExclusive, .expire]
    events += underWay.indices.map { .finish($0) }
    for (index, slot) in slots.enumerated() {
      switch slot {
      case .opening: events += [.opened(index), .closed(index)]
      case .open, .leased: events.append(.closed(index))
      case .away: break
      }
    }
    return events
  }

  mutating func happens(_ event: Event) {
    now += 1
    switch event {
    case .askShared: ask(.shared)
    case .askExclusive: ask(.exclusive)
    case .finish(let index): finish(index)
    case .opened(let slot):
      hasFailed = false
      lastDelay = 0
      slots[slot] = .open(groups: [])
      take(machine.opened(slot), refusalsAllowed: false)
      if slots.contains(.away) { fault("slot left away although the server answers") }
    case .closed(let slot): close(slot)
    case .expire:
      now += limits.waitMillisecondsMax / 2
      let late = waiting.filter { $0.since + limits.waitMillisecondsMax <= now }.map(\.request)
      let actions = machine.expire(now: now)
      if Self.refused(actions) != late { fault("late are \(late), refused \(Self.refused(actions))") }
      take(actions, refusalsAllowed: true)
    }
    check()
  }

  private mutating func ask(_ kind: PoolMachine.Kind) {
    lastRequest += 1
    let mustRefuse = waiting.count == limits.queueMax || (hasFailed && !isAnyOpen)
    let actions = machine.ask(lastRequest, kind, now: now)
    waiting.append((lastRequest, kind, now))
    if mustRefuse != (Self.refused(actions) == [lastRequest]) { fault("refused: \(!mustRefuse)") }
    take(actions, refusalsAllowed: mustRefuse)
  }

  private mutating func finish(_ index: Int) {
    let (request, slot) = underWay.remove(at: index)
    switch slots[slot] {
    case .open(let groups): slots[slot] = .open(groups: groups.filter { $0 != request })
    case .leased: slots[slot] = .open(groups: [])
    case .opening, .away: fault("\(request) was under way on slot \(slot), which is not open")
    }
    take(machine.finished(slot), refusalsAllowed: false)
  }

  private mutating func close(_ slot: Int) {
    if case .opening = slots[slot] { hasFailed = true }
    slots[slot] = .away
    underWay.removeAll { $0.slot == slot }
    let isGone = hasFailed && !isAnyOpen
    let actions = machine.closed(slot, jitter: Self.jitter)
    take(actions, refusalsAllowed: isGone)
    if isGone, !waiting.isEmpty { fault("\(waiting.count) wait for a server that is away") }
    if hasFailed, !isAnyOpen, case .opening(let delay) = slots[slot] {
      if delay < lastDelay { fault("the back-off shrank from \(lastDelay) to \(delay)") }
      if !(1...5_000).contains(delay) { fault("a back-off of \(delay) ms") }
      lastDelay = delay
    }
  }

  private static func refused(_ actions: [PoolMachine.Action]) -> [PoolMachine.Request] {
    actions.compactMap { if case .refuse(let request) = $0 { request } else { nil } }
  }

  private mutating func take(_ actions: [PoolMachine.Action], refusalsAllowed: Bool) {
    for action in actions {
      switch action {
      case .open(let slot, let delay):
        if slots[slot] != .away { fault("opens slot \(slot), which is \(slots[slot])") }
        slots[slot] = .opening(delay: delay)
      case .run(let request, let slot):
        guard case .open(let groups) = slots[slot] else {
          fault("runs \(request) on slot \(slot), which is \(slots[slot])")
          continue
        }
        if groups.count >= limits.groupsPerConnectionMax { fault("too many groups on slot \(slot)") }
        slots[slot] = .open(groups: groups + [request])
        end(request, .shared, on: slot)
      case .lease(let request, let slot):
        if slots[slot] != .open(groups: []) { fault("lends slot \(slot), which is \(slots[slot])") }
        slots[slot] = .leased(request)
        end(request, .exclusive, on: slot)
      case .refuse(let request):
        if !refusalsAllowed { fault("refuses \(request) without need") }
        if let index = waiting.firstIndex(where: { $0.request == request }) {
          waiting.remove(at: index)
        } else {
          fault("refuses \(request), which does not wait")
        }
      }
    }
  }

  /// A request leaves the queue, and behind none of its kind: each kind is served in order of arrival.
  private mutating func end(_ request: PoolMachine.Request, _ kind: PoolMachine.Kind, on slot: Int) {
    underWay.append((request, slot))
    guard let index = waiting.firstIndex(where: { $0.request == request }) else {
      return fault("answers \(request), which does not wait")
    }
    if waiting[index].kind != kind { fault("\(request) is \(waiting[index].kind)") }
    if waiting[..<index].contains(where: { $0.kind == kind }) { fault("\(request) overtakes its own kind") }
    waiting.remove(at: index)
  }

  private mutating func check() {
    var asked = machine
    let isLent = asked.ask(.max, .exclusive, now: now).contains { if case .lease(.max, _) = $0 { true } else { false } }
    if machine.hasCapacity != isLent { fault("has capacity: \(machine.hasCapacity), lends: \(isLent)") }
    if waiting.count > limits.queueMax { fault("\(waiting.count) wait") }
    if machine.hasWaiting != !waiting.isEmpty { fault("hasWaiting is \(machine.hasWaiting)") }
    if machine.openCount != openCount { fault("openCount is \(machine.openCount), not \(openCount)") }
    if machine.occupancy != occupancy { fault("occupancy is \(machine.occupancy), not \(occupancy)") }
    let opening = slots.count { if case .opening = $0 { true } else { false } }
    if opening == 0, slots.contains(.away) { fault("nobody knocks") }
    let leases = slots.count { if case .leased = $0 { true } else { false } }
    if leases > max(1, limits.connectionsMax - 1) { fault("\(leases) leases") }
    let hasCapacity = slots.contains {
      if case .open(let groups) = $0 { groups.count < limits.groupsPerConnectionMax } else { false }
    }
    if hasCapacity, let first = waiting.first, first.kind == .shared {
      fault("\(first.request) waits beside a free place")
    }
  }

  private var occupancy: PoolOccupancy {
    var occupancy = PoolOccupancy(waiting: waiting.count)
    for slot in slots {
      switch slot {
      case .opening: occupancy.opening += 1
      case .open(let groups) where groups.isEmpty: occupancy.idle += 1
      case .open: occupancy.busy += 1
      case .leased: occupancy.leased += 1
      case .away: occupancy.away += 1
      }
    }
    return occupancy
  }

  private var isAnyOpen: Bool { openCount > 0 }

  private var openCount: Int {
    slots.count {
      switch $0 {
      case .open, .leased: true
      case .opening, .away: false
      }
    }
  }

  private mutating func fault(_ text: String) { faults.append(text) }
}
