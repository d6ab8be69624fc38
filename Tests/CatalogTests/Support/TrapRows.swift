import TestSupport

/// Wide rows with every trap of section 3: duplicates, unknown names, missing brand rows, orphans, values and labels that
/// do not fit, JSON null, ties.
struct TrapRows {
  private(set) var rows: [WideRow] = []
  private var nextID = 1
  private var generator: SeededGenerator
  private let world: World

  /// - Parameter world: its results give the keys; one in sixteen of them is to be skipped of `collector_results`.
  init(_ world: World, seed: UInt64) {
    self.world = world
    generator = SeededGenerator(seed: seed)
    for result in world.results { add(result) }
    rows.shuffle(using: &generator)
  }

  static func isOrphan(_ result: World.Result) -> Bool { result.id % 16 == 0 }

  private mutating func add(_ result: World.Result) {
    let names = world.brands.flatMap(\.competitors)
    for _ in 0..<generator.pick([0, 1, 1, 1, 1, 1, 1, 2, 3]) { append(row(result, nil)) }
    for name in result.competitors.map(\.name) + (generator.chance(4) ? [generator.pick(names + ["nobody", ""])] : []) {
      for _ in 0..<generator.pick([1, 1, 1, 1, 2, 3]) { append(row(result, name)) }
    }
  }

  private mutating func append(_ row: WideRow) {
    rows.append(row)
    nextID += generator.within(1...4)
  }

  private mutating func row(_ result: World.Result, _ competitor: String?) -> WideRow {
    // Duplicates often share their moment, so that the id decides.
    let moment = generator.chance(2) ? result.processedAt : result.processedAt + generator.within(-2...2)
    return WideRow(
      id: nextID, result: result.id, brand: misled(result.brand, world.brands.map(\.id)),
      customer: misled(result.customer, world.customers.map(\.id)),
      query: misled(result.query, world.queries.map(\.id)),
      collector: generator.chance(30) ? "other" : result.collector, topic: generator.chance(5) ? nil : result.topic,
      competitor: competitor, isPresent: generator.pick([true, false, nil]),
      firstPosition: generator.pick([nil, 1, 7]),
      positions: generator.pick([nil, [], [3], [3, 9, 27]]), mentions: generator.pick([nil, 0, 1, 3]),
      words: generator.pick([nil, 0, 250]), visibility: number(), share: number(), score: number(),
      label: generator.chance(60)
        ? generator.pick(["positive", "", "MIXED", "NEUTRAL "])
        : generator.pick([nil, "POSITIVE", "NEGATIVE", "NEUTRAL"]),
      positive: sentences(), negative: sentences(), metadata: generator.pick([nil, "null", "{}", #"{"a": [1, "x"]}"#]),
      processedAt: moment, createdAt: moment + 1_000_000)
  }

  /// Seldom another id, or one that does not exist.
  private mutating func misled(_ id: String, _ others: [String]) -> String {
    generator.chance(60) ? generator.pick(others + [generator.uuid()]) : id
  }

  private mutating func number() -> String? {
    if generator.chance(60) {
      return generator.pick([
        "NaN", "Infinity", "-Infinity", "1000", "999.995", "-999.995", "1234.5", "99999999999",
      ])
    }
    return generator.pick([
      nil, "0", "0.00", "-0.004", "0.004", "0.005", "-0.005", "999.994", "-999.994", "12.345", "-12.345", "33.3333333",
      "100", "50.124999", "0.125", Exact(generator.within(-99_999...99_999), scale: 3).text,
    ])
  }

  private mutating func sentences() -> String? { generator.pick([nil, "null", "[]", #"["one", "two"]"#]) }

  /// Rewrites one row in four, takes away some, and all of some results; adds a few.
  mutating func change() {
    let gone = Set(rows.map(\.result).filter { $0 % 11 == 3 })
    rows.removeAll { gone.contains($0.result) || generator.chance(30) }
    let byID = Dictionary(uniqueKeysWithValues: world.results.map { ($0.id, $0) })
    for index in rows.indices where generator.chance(4) {
      var changed = row(byID[rows[index].result]!, rows[index].competitor)
      changed.id = rows[index].id
      rows[index] = changed
    }
    for result in world.results where generator.chance(20) && !gone.contains(result.id) { append(row(result, nil)) }
  }
}
