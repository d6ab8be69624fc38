/// Statements that change the old tables at random, with few values of each kind, so that rows meet: NULLs, bad values,
/// duplicates, characters that look alike, times and numbers at every edge.
package struct ContentChange: OldRowsChange {
  /// Decisions are 1 to this.
  package let decisions: Int
  /// Nothing that the mapping skips a row for by itself.
  let isSound: Bool
  package var random: SeededGenerator

  package init(keys: Int, seed: UInt64, isSound: Bool = false) {
    decisions = keys
    self.isSound = isSound
    random = SeededGenerator(seed: seed)
  }

  private static let words = [
    "NULL", "NULL", "'a'", "'a'", "'b'", "'B'", "''", "'é ü 🙂'", "U&'e\\0301'", "'\u{e9}'", "E'a\\r\\nb'",
    "'\"q\"\\'",
  ]
  private static let statuses = ["'posted'", "'queued'", "E' Posted\\t'", "E'\\r\\nDRAFT '", "'scheduled'"]
  private static let badStatuses = ["NULL", "'nope'", "''", "U&'posted\\00A0'", "U&'\\212Adraft'"]
  private static let passes = ["NULL", "'T+1h'", "'t+24H '", "'T+7d'", "'T+1h'", "E'\\tT+24h'"]
  private static let badPasses = ["'T+2h'", "''", "'T1h'"]
  private static let numbers = ["NULL", "0", "1", "3", "7", "100", "9223372036854775807"]
  private static let rates = ["NULL", "NULL", "0.05", "0.05", "0.05004", "0.00005", "999.99994", "-3", "0.0500"]
  private static let badRates = ["'NaN'", "'Infinity'", "'-Infinity'", "1000", "999.99995", "1e30"]

  private mutating func pick(_ good: [String], _ bad: [String]) -> String {
    !isSound && random.chance(8) ? random.pick(bad) : random.pick(good)
  }

  private static let edges = [
    "'infinity'", "'-infinity'", "'0044-01-01 00:00:00+00 BC'", "'10001-01-01 00:00:00+00'",
    "'0001-01-01 00:00:00+00'", "'9999-12-31 23:59:59.999999+00'",
  ]

  private mutating func time(orNull: Bool) -> String {
    if orNull, random.chance(7) { return "NULL" }
    if !isSound, random.chance(50) { return random.pick(Self.edges) }
    let hours = random.pick(["0", "0", "1", "23.999", "24", "24", "167", "168", "200", "-5"])
    return
      "'2025-06-15 12:00:00+00'::timestamptz + interval '\(hours) hours \(random.pick([0, 0, 0, 1])) microseconds'"
  }

  /// A value for a column of an old table.
  package mutating func value(of column: String, in source: ContentSource) -> String {
    switch column {
    case "decision_id": return String(random.within(1...decisions))
    case "created_at": return random.pick(["'2025-06-01Z'", "'2025-06-02Z'", "'2025-06-03Z'"])
    case "updated_at": return random.pick(["NULL", "'2025-06-02Z'", "'2025-05-30Z'", "'2025-06-04Z'"])
    default: break
    }
    let new = source.columns.first { $0.old == column }!.new
    switch new {
    case "status": return pick(Self.statuses, Self.badStatuses)
    case "collected_pass": return pick(Self.passes, Self.badPasses)
    case "engagement_rate": return pick(Self.rates, Self.badRates)
    case "likes", "retweets", "views": return pick(Self.numbers, ["-1"])
    case "collected_at": return time(orNull: column == "captured_at")
    case "scheduled_at", "posted_at": return time(orNull: true)
    default: return random.pick(Self.words)
    }
  }

  private static func columns(of source: ContentSource) -> [String] {
    ["decision_id", "created_at"] + (source.hasUpdates ? ["updated_at"] : []) + source.columns.map(\.old)
  }

  private mutating func someRow(of table: String) -> String {
    let decision = random.within(1...decisions)
    return "id IN (SELECT id FROM content.\(table) WHERE decision_id = \(decision) ORDER BY id LIMIT 1)"
  }

  package mutating func insert(into source: ContentSource) -> String {
    let columns = Self.columns(of: source)
    let values = columns.map { value(of: $0, in: source) }
    return """
      INSERT INTO content.\(source.table) (\(columns.joined(separator: ", "))) VALUES (\(values.joined(separator: ", ")))
      """
  }

  package mutating func update(_ source: ContentSource) -> String {
    let columns = Set(random.some(1...3, of: Self.columns(of: source))).sorted()
    let changes = columns.map { "\($0) = \(value(of: $0, in: source))" }.joined(separator: ", ")
    return "UPDATE content.\(source.table) SET \(changes) WHERE \(someRow(of: source.table))"
  }

  package mutating func delete(from source: ContentSource) -> String {
    "DELETE FROM content.\(source.table) WHERE \(someRow(of: source.table))"
  }

  package mutating func any() -> String {
    let source = random.pick(ContentSource.all)
    return switch random.below(13) {
    case 0..<6: insert(into: source)
    case 6..<10: update(source)
    default: delete(from: source)
    }
  }

  package mutating func write(of program: Int, among programs: Int) -> String {
    let source = random.pick(
      ContentSource.all.indices.filter { $0 % programs == program }.map { ContentSource.all[$0] })
    if random.chance(2) { return insert(into: source) }
    return random.chance(2) ? update(source) : delete(from: source)
  }

  package mutating func fill(_ count: Int) -> [String] {
    (0..<count).map { _ in insert(into: random.pick(ContentSource.all)) }
  }
}
