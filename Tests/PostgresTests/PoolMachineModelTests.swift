import Testing

@testable import Postgres
import TestSupport

@Suite struct PoolMachineModelTests {
  private static func limits(_ connections: Int, groups: Int, queue: Int) -> PoolLimits {
    var limits = PoolLimits(connectionsMax: connections)
    limits.groupsPerConnectionMax = groups
    limits.queueMax = queue
    return limits
  }

  /// Every order of every event that can happen.
  @Test(arguments: [(1, 1, 1, 7), (1, 2, 2, 7), (2, 1, 2, 6), (2, 2, 1, 6), (3, 1, 2, 5)])
  func keepsItsWordInEveryOrder(_ connections: Int, _ groups: Int, _ queue: Int, length: Int) {
    var seen = 0
    explore(PoolModel(Self.limits(connections, groups: groups, queue: queue)), [], length, &seen)
    #expect(seen > 10_000)
  }

  private func explore(_ model: PoolModel, _ path: [PoolModel.Event], _ left: Int, _ seen: inout Int) {
    for event in model.possible {
      var next = model
      next.happens(event)
      seen += 1
      if let fault = next.faults.first {
        Issue.record("\(fault) after \(path + [event])")
        return
      }
      if left > 1 { explore(next, path + [event], left - 1, &seen) }
    }
  }

  /// Long random walks reach what short orders cannot: full queues of many connections.
  @Test(arguments: 1...40) func keepsItsWordOnLongWalks(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var model = PoolModel(
      Self.limits(1 + random.below(5), groups: 1 + random.below(4), queue: 1 + random.below(12)))
    var path: [PoolModel.Event] = []
    for _ in 0..<2_000 {
      let possible = model.possible
      let event = possible[random.below(possible.count)]
      path.append(event)
      model.happens(event)
      if let fault = model.faults.first {
        Issue.record("seed \(seed): \(fault) after \(path.suffix(30))")
        return
      }
    }
  }
}
