import TestSupport

/// Parameter sets for the endpoints, made up for a world.
enum Inquiries {
  /// At least `count` different ones for the endpoint.
  static func make(_ path: String, _ count: Int, for world: World, _ generator: inout SeededGenerator) -> [Inquiry] {
    var seen: Set<Inquiry> = []
    var inquiries: [Inquiry] = []
    while inquiries.count < count {
      let brand = generator.pick(world.brands)
      let (start, end) = range(&generator)
      let inquiry = Inquiry(
        path, brand: brand.id, from: start, to: end, collectors: collectors(&generator),
        argument: argument(path, brand, &generator))
      if seen.insert(inquiry).inserted { inquiries.append(inquiry) }
    }
    return inquiries
  }

  private static func range(_ generator: inout SeededGenerator) -> (Int, Int) {
    let (first, last) = (SampleWorld.firstDay, SampleWorld.firstDay + SampleWorld.days - 1)
    switch generator.below(10) {
    case 0: return (first, last)
    case 1: return (first - 1_000, last + 1_000)
    case 2:
      let day = first + generator.below(SampleWorld.days)
      return (day, day)
    case 3:
      let day = first + generator.pick([0, 11, 40, 41, 42, 43, 71, 100, 149])
      return (day, day)
    case 4: return generator.pick([(first - 90, first - 1), (last + 1, last + 30), (0, 0)])
    default:
      let day = first + generator.below(SampleWorld.days)
      return (day, day + generator.below(60))
    }
  }

  private static func collectors(_ generator: inout SeededGenerator) -> [String]? {
    let all = SampleWorld.collectors
    return switch generator.below(8) {
    case 0, 1, 2: nil
    case 3: [generator.pick(all)]
    case 4: ["unknown"]
    case 5: ["CHATGPT", generator.pick(all), "{}", "NULL", "\"", ""]
    default: all.filter { _ in generator.chance(2) }.shuffled(using: &generator)
    }
  }

  private static func argument(
    _ path: String, _ brand: World.Brand, _ generator: inout SeededGenerator
  ) -> String? {
    switch path {
    case "/visibility": generator.pick(["day", "week", "month"])
    case Inquiry.trendPath:
      generator.chance(6) || brand.competitors.isEmpty
        ? generator.pick(SampleWorld.names + ["nobody", "", "%", "_", "\\", "o'neil \"& sons\"", "{competitor_name}"])
        : generator.pick(brand.competitors)
    default: nil
    }
  }
}
