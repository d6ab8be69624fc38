import Testing

@testable import LoadTest

@Suite struct ScheduleTests {
  private static func plan(
    rate: Int = 10, concurrency: Int = 1, seconds: Int = 1, warmUp: Int = 0, seed: UInt64 = 1
  ) throws -> Plan {
    try Plan(rate: rate, concurrency: concurrency, seconds: seconds, warmUpSeconds: warmUp, seed: seed)
  }

  private static func slots(_ schedule: Schedule) -> [Schedule.Slot] {
    var schedule = schedule
    var slots: [Schedule.Slot] = []
    while let slot = schedule.popNext() { slots.append(slot) }
    return slots
  }

  @Test(
    "requests are due at the rate, and never later than one nanosecond below it", arguments: [1, 3, 7, 999, 100_000])
  func moments(_ rate: Int) throws {
    var schedule = Schedule(try Self.plan(rate: rate, seconds: 2), isPaired: true, pathCounts: [1])
    var last: UInt64 = 0
    var count = 0
    while let due = schedule.due {
      let exact = Double(count) * 1e9 / Double(rate)
      #expect(abs(Double(due) - exact) <= 1 && due >= last)
      let slot = schedule.popNext()
      #expect(slot?.nanoseconds == due)
      last = due
      count += 1
    }
    #expect(count == 2 * rate && schedule.popNext() == nil && schedule.due == nil)
    #expect(schedule.count == count)
  }

  @Test("the largest plan is due without overflow")
  func largest() throws {
    let plan = try Self.plan(rate: 11, seconds: 86_400)
    let slots = Schedule(plan, isPaired: true, pathCounts: [1])
    #expect(slots.count == 950_400)
    #expect(Self.slots(slots).last?.nanoseconds == UInt64(950_399) * 1_000_000_000 / 11)
  }

  @Test("every pair asks the same of both sides, one after the other")
  func pairs() throws {
    for seed in UInt64(0)..<20 {
      let slots = Self.slots(
        Schedule(try Self.plan(rate: 101, seconds: 3, warmUp: 1, seed: seed), isPaired: true, pathCounts: [3, 1, 8]))
      #expect(slots.count % 2 == 0)
      for index in stride(from: 0, to: slots.count, by: 2) {
        let (first, second) = (slots[index], slots[index + 1])
        #expect(first.number == index / 2 && second.number == index / 2)
        #expect(first.group == second.group && first.path == second.path && first.isWarmUp == second.isWarmUp)
        #expect(Set([first.side, second.side]) == [.old, .new])
      }
    }
  }

  @Test("either side comes first half of the time, in an order that the seed alone decides")
  func order() throws {
    let slots = Self.slots(Schedule(try Self.plan(rate: 20_000, seed: 5), isPaired: true, pathCounts: [1]))
    let firsts = stride(from: 0, to: slots.count, by: 2).map { slots[$0].side }
    let oldFirst = firsts.count { $0 == .old }
    // Five standard deviations of 10,000 tosses.
    #expect((4_750...5_250).contains(oldFirst), "seed 5: \(oldFirst)")
    let changes = zip(firsts, firsts.dropFirst()).count { $0 != $1 }
    #expect((4_750...5_250).contains(changes), "seed 5: \(changes)")
    func again(_ seed: UInt64) throws -> [Schedule.Slot] {
      Self.slots(Schedule(try Self.plan(rate: 1_000, seed: seed), isPaired: true, pathCounts: [5, 7]))
    }
    #expect(try again(1) == again(1) && again(1) != again(2))
  }

  @Test("groups have as many pairs as one another, and every path of a group is asked")
  func groups() throws {
    let counts = [1, 2, 5, 30]
    let slots = Self.slots(Schedule(try Self.plan(rate: 3_000, seconds: 1), isPaired: true, pathCounts: counts))
    for start in stride(from: 0, to: slots.count, by: counts.count * 2) {
      let round = slots[start..<min(start + counts.count * 2, slots.count)].map(\.group)
      #expect(Set(round).count == round.count / 2)
    }
    for (group, count) in counts.enumerated() {
      let paths = slots.filter { $0.group == group }.map(\.path)
      #expect(Set(paths) == Set(0..<count))
    }
  }

  @Test(
    "the warm-up comes first, as long as it says, in whole pairs",
    arguments: [(1, 1, 0, 0, 2), (1, 1, 1, 2, 4), (3, 1, 1, 4, 8), (10, 2, 3, 30, 50), (5, 1, 2, 10, 16)])
  func warmUp(_ rate: Int, _ seconds: Int, _ warmUp: Int, _ warm: Int, _ all: Int) throws {
    let slots = Self.slots(
      Schedule(try Self.plan(rate: rate, seconds: seconds, warmUp: warmUp), isPaired: true, pathCounts: [1]))
    #expect(slots.count == all)
    #expect(slots.prefix(warm).allSatisfy(\.isWarmUp) && !slots.dropFirst(warm).contains(where: \.isWarmUp))
  }

  @Test("with one side there is one request for each number, and it is never the new side's")
  func oneSide() throws {
    let slots = Self.slots(Schedule(try Self.plan(rate: 7, warmUp: 1), isPaired: false, pathCounts: [2]))
    #expect(slots.map(\.number) == Array(0..<14) && slots.allSatisfy { $0.side == .old })
    #expect(slots.count(where: \.isWarmUp) == 7)
  }

  @Test(
    "a plan beyond a limit names the option",
    arguments: [
      (0, 1, 1, 0, "--rate"), (100_001, 1, 1, 0, "--rate"), (1, 0, 1, 0, "--concurrency"),
      (1, 1_001, 1, 0, "--concurrency"), (1, 1, 0, 0, "--duration"), (1, 1, 86_401, 0, "--duration"),
      (1, 1, 1, -1, "--warm-up"), (1, 1, 1, 86_401, "--warm-up"), (1_000, 1, 1_000, 1, "1000000"),
    ])
  func limits(_ rate: Int, _ concurrency: Int, _ seconds: Int, _ warmUp: Int, _ named: String) {
    let error = #expect(throws: Plan.Invalid.self) {
      try Plan(rate: rate, concurrency: concurrency, seconds: seconds, warmUpSeconds: warmUp, seed: 0)
    }
    #expect(error?.description.contains(named) == true)
  }

  @Test("a number below a bound: each as often, none beyond")
  func below() {
    var random = SeededRandom(seed: 9)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[random.below(7)] += 1 }
    for count in counts { #expect((9_500...10_500).contains(count), "seed 9: \(counts)") }
    #expect((0..<100).allSatisfy { _ in random.below(1) == 0 })
  }
}
