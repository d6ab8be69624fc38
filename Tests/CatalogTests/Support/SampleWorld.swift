import TestSupport

/// Makes up a world in which every form that the contract names occurs: odd names, NULLs, ties at half a cent, moments
/// around UTC midnight, citations of every kind. It is clean: no duplicates, orphans or unknown competitors.
struct SampleWorld {
  static let firstDay = Calendar.day(2024, 1, 20)
  static let days = 150
  static let collectors = ["chatgpt", "perplexity", "Gemini", "google ai", "co\"pi\\lot", "ümlaut", "u\u{308}mlaut"]

  static let names = [
    "O'Neil \"& Sons\"", "a/b/c", "100%", "50%25_off", "back\\slash", "Müller", "Mu\u{308}ller", "🦉 Owl 👩‍👩‍👧",
    "  spaced  ",
    "X", "x", "'; DROP TABLE brands; --", "{curly,\"array\"}", "NULL", "tab\there", "line\nbreak", "Zürich AG", "ACME",
    "acme",
    "$1::text", "%s %d", "日本語",
  ]
  private static let brandNames = ["Twin", "Twin", "Ältere \"Marke\" \\ & Co", "emoji 🧪", "plain"]
  private static let topics: [String?] = [
    nil, "", "price", "Price", "préis", "pre\u{301}is", "a \"quoted\" topic", "🧭",
  ]
  private static let keywords: [String?] = [
    nil, "", "fast", "Fast", "fa\"st", "back\\slash", "schnell, günstig", "NULL", "{}", "🚲", "fast ", "ü", "u\u{308}",
  ]

  private var generator: SeededGenerator
  private var world: World

  static func make(seed: UInt64, resultsPerBrand: Int = 260) -> World {
    var sample = SampleWorld(generator: SeededGenerator(seed: seed), world: World(seed: seed))
    sample.fill(resultsPerBrand: resultsPerBrand)
    return sample.world
  }

  private mutating func fill(resultsPerBrand: Int) {
    for name in ["North", "South \"&\" East", "West"] {
      world.customers.append(.init(id: generator.uuid(), name: name))
    }
    for (index, name) in Self.brandNames.enumerated() {
      let start = index * 5
      let competitors = (0..<(index == 4 ? 0 : 9)).map { Self.names[(start + $0) % Self.names.count] }
      world.brands.append(
        .init(
          id: generator.uuid(), customer: world.customers[index % 3].id, name: name, competitors: competitors))
      for number in 0..<7 { addQuery(of: world.brands[index].id, number) }
    }
    for (index, brand) in world.brands.enumerated() {
      // The last brand has a few results only, and the first has results under two customers.
      for _ in 0..<(index == 4 ? 9 : resultsPerBrand) {
        let customer = index == 0 && generator.chance(3) ? world.customers[1].id : brand.customer
        world.results.append(result(of: brand, customer))
      }
    }
  }

  private mutating func addQuery(of brand: String, _ number: Int) {
    let keywords = (0..<generator.below(5)).map { _ in generator.pick(Self.keywords) }
    world.queries.append(
      .init(
        id: generator.uuid(), brand: brand, text: "What is \"best\" \\ \(number)?\n🧐",
        topic: generator.pick(Self.topics),
        keywords: keywords + (generator.chance(3) ? keywords : [])))
  }

  /// The next result of `brand`.
  private mutating func result(of brand: World.Brand, _ customer: String) -> World.Result {
    let queries = world.queries.filter { $0.brand == brand.id }
    return World.Result(
      id: (world.results.last?.id ?? 0) + generator.within(1...3), brand: brand.id, customer: customer,
      query: generator.pick(queries).id, collector: generator.pick(Self.collectors),
      topic: generator.pick(Self.topics), processedAt: Self.moment(&generator), citations: Citations.make(&generator),
      isPresent: generator.pick([true, true, false, nil]), metrics: Self.metrics(&generator),
      competitors: brand.competitors.filter { _ in generator.chance(3) }.map {
        .init(name: $0, mentions: generator.pick([nil, 0, 1, 2, 17]), metrics: Self.metrics(&generator))
      })
  }

  /// More results for worlds that change.
  static func more(_ count: Int, for world: World, _ generator: inout SeededGenerator) -> [World.Result] {
    var sample = SampleWorld(generator: generator, world: world)
    for _ in 0..<count {
      let brand = sample.generator.pick(world.brands)
      sample.world.results.append(sample.result(of: brand, brand.customer))
    }
    generator = sample.generator
    return Array(sample.world.results.suffix(count))
  }

  /// Often within a microsecond of UTC midnight, and often on a day that others share.
  static func moment(_ generator: inout SeededGenerator) -> Int {
    let number = generator.chance(2) ? generator.below(days) : generator.pick([0, 11, 40, 41, 42, 43, 71, 100, 149])
    let midnight = (firstDay + number) * Calendar.microsecondsOfDay
    return switch generator.below(6) {
    case 0: midnight
    case 1: midnight + Calendar.microsecondsOfDay - 1
    case 2: midnight + generator.within(1...3)
    case 3: midnight + generator.below(14) * 3_600_000_000
    default: midnight + generator.below(Calendar.microsecondsOfDay)
    }
  }

  static func metrics(_ generator: inout SeededGenerator) -> World.Metrics {
    World.Metrics(
      visibility: generator.chance(6) ? nil : value(&generator, from: 0, to: 100),
      share: generator.chance(6) ? nil : value(&generator, from: 0, to: 100),
      label: generator.pick([nil, "POSITIVE", "NEGATIVE", "NEUTRAL"]),
      score: generator.chance(4) ? nil : value(&generator, from: -1, to: 1))
  }

  /// Up to six decimals; one in three lies half way between two hundredths.
  private static func value(_ generator: inout SeededGenerator, from low: Int, to high: Int) -> Exact {
    switch generator.below(6) {
    case 0, 1:
      return Exact(generator.within(low * 100..<high * 100) * 10 + (low < 0 && generator.chance(2) ? -5 : 5), scale: 3)
    case 2:
      return generator.pick([
        Exact(0, scale: 0), Exact(4, scale: 3), Exact(low < 0 ? -4 : 4, scale: 3), Exact(low < 0 ? -5 : 5, scale: 3),
        Exact(high, scale: 0),
      ])
    default:
      let scale = generator.within(0...6)
      let power = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000][scale]
      return Exact(generator.within(low * power...high * power), scale: scale)
    }
  }
}

extension SeededGenerator {
  fileprivate mutating func within(_ range: Range<Int>) -> Int { Int.random(in: range, using: &self) }
}
