import Rollout
import Synchronization
import Testing

@Suite struct CanaryWatchTests {
  private static let rule = GuardRule(errorRate: 0.01, latencyRatio: 1.5, mismatchRate: 0, minSamples: 10)

  private static func flag(_ service: String = "topics", version: Int = 1) -> Flag {
    var flag = Flag(service: service)
    flag.useNewSchema = true
    flag.canaryPercent = .all
    flag.guardRule = rule
    flag.version = version
    return flag
  }

  private static func trips(of watch: CanaryWatch) async -> [CanaryWatch.Trip] {
    watch.stop()
    return await watch.trips.reduce(into: []) { $0.append($1) }
  }

  @Test("each version of a flag trips once, by what was seen under it")
  func once() async {
    let watch = CanaryWatch()
    for version in 1...3 {
      for _ in 0..<5 { watch.answered(Self.flag(version: version), hasFailed: false) }
      for _ in 0..<4 {
        watch.compared(Self.flag(version: version), differs: true, oldMicroseconds: 1, newMicroseconds: 1)
      }
      // Of a request that began before.
      watch.compared(Self.flag(version: version - 1), differs: true, oldMicroseconds: 1, newMicroseconds: 1)
    }
    #expect(watch.seen.map(\.tally) == [GuardTally(requests: 5, comparisons: 4, differences: 4)])
    let trips = await Self.trips(of: watch)
    #expect(trips.map(\.seen.version) == [1, 2, 3])
    #expect(trips.allSatisfy { $0.reason == .differences && $0.seen.service == "topics" && $0.seen.rule == Self.rule })
    #expect(trips.allSatisfy { $0.seen.tally == GuardTally(requests: 5, comparisons: 1, differences: 1) })
  }

  @Test("services are watched apart from each other")
  func services() async {
    let watch = CanaryWatch()
    for _ in 0..<50 {
      watch.answered(Self.flag("prompts"), hasFailed: false)
      watch.answered(Self.flag("topics"), hasFailed: true)
    }
    #expect(await Self.trips(of: watch).map(\.seen.service) == ["topics"])
  }

  @Test("a flag that is off, retired or without a guard is not watched")
  func unguarded() async {
    let watch = CanaryWatch()
    let spoil: [(inout Flag) -> Void] = [
      { $0.useNewSchema = false }, { $0.guardRule = nil }, { $0.isNewOnly = true },
    ]
    for change in spoil {
      var flag = Self.flag()
      change(&flag)
      #expect(!flag.isGuarded)
      watch.answered(flag, hasFailed: true)
      watch.compared(flag, differs: true, oldMicroseconds: 1, newMicroseconds: 9)
    }
    #expect(watch.seen == [])
    #expect(await Self.trips(of: watch) == [])
  }

  @Test("what many threads tell at once is all counted, and trips once")
  func threads() async {
    let watch = CanaryWatch()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<5_000 { watch.answered(Self.flag(), hasFailed: true) } }
      }
    }
    #expect(watch.seen.first?.tally.requests == 40_000)
    #expect(watch.trips(of: "topics", for: .errors) == 1 && watch.trips(of: "topics", for: .latency) == 0)
    #expect(await Self.trips(of: watch).count == 1)
  }

  @Test("a guard wants to see all that new answers; else the flag's share counts")
  func share() {
    var flag = Self.flag()
    flag.shadowPercent = Percent(hundredths: 700)!
    #expect(flag.comparedShare(of: .new) == .all)
    #expect(flag.comparedShare(of: .old) == flag.shadowPercent)
    flag.guardRule = nil
    #expect(flag.comparedShare(of: .new) == flag.shadowPercent)
    flag.isNewOnly = true
    #expect(flag.comparedShare(of: .new) == .none)
  }
}
