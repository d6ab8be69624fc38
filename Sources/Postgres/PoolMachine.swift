/// Decides which request goes to which connection of a pool, and when connections are opened. Pure: it takes
/// events and returns actions; `Pool` carries them out.
struct PoolMachine {
  typealias Request = Int
  typealias Slot = Int

  enum Kind: Equatable {
    /// One group of statements; shares a connection with others.
    case shared
    /// A connection of one's own, for a transaction.
    case exclusive
  }

  enum Action: Equatable {
    case open(Slot, afterMilliseconds: Int)
    case run(Request, on: Slot)
    case lease(Request, on: Slot)
    /// No connection in time, no place in the queue, or the server is away.
    case refuse(Request)
  }

  private enum State: Equatable {
    /// May become open or away.
    case opening
    /// May become open (another count), leased or away.
    case open(groups: Int)
    /// May become open(0) or away.
    case leased
    /// Waits for a next attempt, or for its turn to make one. May become opening.
    case away

    var isUsable: Bool {
      switch self {
      case .open, .leased: true
      case .opening, .away: false
      }
    }
  }

  private struct Waiting {
    let request: Request
    let kind: Kind
    let deadline: Int
  }

  private let limits: PoolLimits
  private var slots: [State]
  private var queue: [Waiting] = []
  private var failures = 0

  init(limits: PoolLimits) {
    self.limits = limits
    slots = Array(repeating: .away, count: limits.connectionsMax)
  }

  var hasWaiting: Bool { !queue.isEmpty }
  /// An exclusive request would get a connection at once.
  var hasCapacity: Bool { queue.isEmpty && leases < limits.leasesMax && slots.contains(.open(groups: 0)) }
  var openCount: Int { slots.count { $0.isUsable } }

  var occupancy: PoolOccupancy {
    var occupancy = PoolOccupancy()
    for slot in slots {
      switch slot {
      case .opening: occupancy.opening += 1
      case .open(groups: 0): occupancy.idle += 1
      case .open: occupancy.busy += 1
      case .leased: occupancy.leased += 1
      case .away: occupancy.away += 1
      }
    }
    occupancy.waiting = queue.count
    return occupancy
  }

  /// Opens all connections.
  mutating func start() -> [Action] {
    slots = slots.map { _ in .opening }
    return slots.indices.map { .open($0, afterMilliseconds: 0) }
  }

  mutating func ask(_ request: Request, _ kind: Kind, now: Int) -> [Action] {
    let isAway = failures > 0 && openCount == 0
    guard !isAway, queue.count < limits.queueMax else { return [.refuse(request)] }
    queue.append(Waiting(request: request, kind: kind, deadline: now + limits.waitMillisecondsMax))
    return assign()
  }

  /// A group of statements has been answered, or a lease given back with the connection in order.
  mutating func finished(_ slot: Slot) -> [Action] {
    switch slots[slot] {
    case .open(let groups): slots[slot] = .open(groups: groups - 1)
    case .leased: slots[slot] = .open(groups: 0)
    case .opening, .away: return []
    }
    return assign()
  }

  mutating func opened(_ slot: Slot) -> [Action] {
    failures = 0
    slots[slot] = .open(groups: 0)
    let others = slots.indices.filter { slots[$0] == .away }
    for other in others { slots[other] = .opening }
    return others.map { .open($0, afterMilliseconds: 0) } + assign()
  }

  /// A connection broke, or could not be opened. `jitter` is from 0 to 1.
  mutating func closed(_ slot: Slot, jitter: Double) -> [Action] {
    let couldNotOpen = slots[slot] == .opening
    slots[slot] = .away
    // Attempts that ran side by side count as one.
    if couldNotOpen { failures = slots.contains(.opening) ? max(failures, 1) : failures + 1 }
    var actions: [Action] = []
    // One slot knocks at a server that is away; the others follow when it answers.
    if !slots.contains(.opening) {
      slots[slot] = .opening
      actions.append(.open(slot, afterMilliseconds: limits.backOffMilliseconds(failures: failures, jitter: jitter)))
    }
    if failures > 0, openCount == 0 {
      actions += queue.map { .refuse($0.request) }
      queue = []
    }
    return actions
  }

  /// Refuses what has waited too long.
  mutating func expire(now: Int) -> [Action] {
    let late = queue.filter { $0.deadline <= now }
    queue.removeAll { $0.deadline <= now }
    return late.map { .refuse($0.request) } + assign()
  }

  /// In order of arrival. An exclusive request at the head reserves the connection that is nearest to idle.
  private mutating func assign() -> [Action] {
    var actions: [Action] = []
    var reserved: Slot?
    var left: [Waiting] = []
    for waiting in queue {
      switch waiting.kind {
      case .shared:
        if let (slot, groups) = leastBusy(except: reserved), groups < limits.groupsPerConnectionMax {
          slots[slot] = .open(groups: groups + 1)
          actions.append(.run(waiting.request, on: slot))
          continue
        }
      case .exclusive:
        if reserved == nil, leases < limits.leasesMax, let (slot, groups) = leastBusy(except: nil) {
          if groups == 0 {
            slots[slot] = .leased
            actions.append(.lease(waiting.request, on: slot))
            continue
          }
          reserved = slot
        }
      }
      left.append(waiting)
    }
    queue = left
    return actions
  }

  private var leases: Int { slots.count { $0 == .leased } }

  private func leastBusy(except reserved: Slot?) -> (Slot, groups: Int)? {
    var best: (Slot, groups: Int)?
    for slot in slots.indices where slot != reserved {
      if case .open(let groups) = slots[slot], groups < best?.groups ?? .max { best = (slot, groups) }
    }
    return best
  }
}

/// What the connections of a pool do, at one moment.
package struct PoolOccupancy: Sendable, Equatable {
  package var opening = 0
  package var idle = 0
  /// With statements under way.
  package var busy = 0
  /// In a transaction.
  package var leased = 0
  package var away = 0
  /// Requests that wait for a connection.
  package var waiting = 0
}

/// What a pool may use at most.
package struct PoolLimits: Sendable {
  package var connectionsMax: Int
  /// Groups of statements under way on one connection.
  package var groupsPerConnectionMax = 4
  /// Requests that wait for a connection.
  package var queueMax = 256
  package var waitMillisecondsMax = 2_000
  private static let backOffMilliseconds = (first: 100.0, max: 4_000.0)

  package init(connectionsMax: Int) {
    precondition(connectionsMax > 0)
    self.connectionsMax = connectionsMax
  }

  /// One connection stays free for reads, where there is more than one.
  var leasesMax: Int { max(1, connectionsMax - 1) }

  /// Doubles with each failure, and varies by half so that many processes do not knock together.
  func backOffMilliseconds(failures: Int, jitter: Double) -> Int {
    guard failures > 0 else { return 0 }
    var delay = Self.backOffMilliseconds.first
    for _ in 1..<max(2, min(failures, 10)) where failures > 1 { delay *= 2 }
    return Int(min(delay, Self.backOffMilliseconds.max) * (0.5 + jitter / 2))
  }
}
