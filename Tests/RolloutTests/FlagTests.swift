import Rollout
import Testing

@Suite struct FlagTests {
  private static func flag(_ service: String, on: Bool, hundredths: Int) throws -> Flag {
    var flag = Flag(service: service)
    flag.useNewSchema = on
    flag.canaryPercent = try #require(Percent(hundredths: hundredths))
    return flag
  }

  @Test func startsOff() {
    let flag = Flag(service: "topics")
    #expect(!flag.useNewSchema)
    #expect(flag.canaryPercent == .none)
    #expect(flag.shadowPercent == .none)
    #expect(FlagSet().flag(of: "topics") == flag)
    #expect(FlagBox().current.flag(of: "topics") == flag)
  }

  /// Every switch, at the ends, next to them, and on both sides of the key's own bucket.
  @Test func choosesByTable() throws {
    for service in Keys.services {
      for index in 0..<50 {
        let key = index == 0 ? "" : Keys.key(index)
        let bucket = Bucket(key: key, service: service).number
        for hundredths in Set([0, 1, bucket, min(bucket + 1, 10_000), 5_000, 9_999, 10_000]) {
          #expect(try Self.flag(service, on: false, hundredths: hundredths).choose(key: key) == Choice(.old, .flag))
          let expected =
            hundredths == 10_000 ? Choice(.new, .flag) : Choice(bucket < hundredths ? .new : .old, .canary)
          #expect(try Self.flag(service, on: true, hundredths: hundredths).choose(key: key) == expected)
        }
      }
    }
  }

  @Test func sharesNothingWithTheShadowPercentage() throws {
    for shadow in [0, 1, 5_000, 10_000] {
      var flag = try Self.flag("prompts", on: true, hundredths: 5_000)
      let before = (0..<200).map { flag.choose(key: Keys.key($0)) }
      flag.shadowPercent = try #require(Percent(hundredths: shadow))
      #expect((0..<200).map { flag.choose(key: Keys.key($0)) } == before)
    }
  }

  /// All 10,001 percentages, one after the other, over 4,200 keys: none ever goes back, and all end new.
  @Test(arguments: Keys.services) func neverMovesAKeyBack(_ service: String) throws {
    let buckets = (0..<600).map { Bucket(key: Keys.key($0), service: service) }
    var isNew = [Bool](repeating: false, count: buckets.count)
    for hundredths in 0...10_000 {
      let percent = try #require(Percent(hundredths: hundredths))
      for (index, bucket) in buckets.enumerated() {
        let now = percent.includes(bucket)
        if isNew[index], !now { Issue.record("\(service): \(Keys.key(index)) went back at \(percent)") }
        isNew[index] = now
      }
      if hundredths == 0 { #expect(!isNew.contains(true)) }
    }
    #expect(!isNew.contains(false))
  }

  /// The share that reads new is the share that was asked for.
  @Test(arguments: [1, 100, 1_000, 2_500, 5_000, 9_000, 9_999]) func includesItsShare(_ hundredths: Int) throws {
    let percent = try #require(Percent(hundredths: hundredths))
    let share = Double(hundredths) / 10_000
    let bound = 4.5 * (Double(Keys.count) * share * (1 - share)).squareRoot()
    for service in Keys.services.indices {
      let included = Keys.buckets[service].count { $0 < percent.hundredths }
      #expect(abs(Double(included) - Double(Keys.count) * share) < bound, "\(Keys.services[service])")
    }
  }

  @Test func keepsTheLastOfTwoFlagsOfOneService() throws {
    let flags = FlagSet([
      try Self.flag("topics", on: true, hundredths: 1), try Self.flag("topics", on: true, hundredths: 2),
    ])
    #expect(flags.flag(of: "topics").canaryPercent.hundredths == 2)
    #expect(flags.flag(of: "prompts") == Flag(service: "prompts"))
  }
}
