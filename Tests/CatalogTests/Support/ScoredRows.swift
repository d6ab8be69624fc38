import JSON
import TestSupport

/// Scored results as JSON rows for `score_insert`: what the scorer gives, and what neither it nor the brand should.
enum ScoredRows {
  /// - Returns: the rows, and the results that they are of.
  static func make(for world: World, _ generator: inout SeededGenerator) -> (json: String, ids: [Int]) {
    var rows: [String] = []
    var ids: [Int] = []
    for result in world.results where !generator.chance(5) {
      let brand = world.brands.first { $0.id == result.brand }!
      ids.append(result.id)
      if !generator.chance(12) { rows.append(row(result.id, nil, &generator)) }
      for name in brand.competitors + (generator.chance(4) ? ["nobody"] : []) where !generator.chance(3) {
        rows.append(row(result.id, name, &generator))
      }
    }
    return ("[\(rows.shuffled(using: &generator).joined(separator: ","))]", ids)
  }

  private static func row(_ id: Int, _ competitor: String?, _ generator: inout SeededGenerator) -> String {
    var members = ["\"id\":\(id)", "\"competitor\":\(competitor.map(quoted) ?? "null")"]
    members.append("\"positions\":\(generator.pick(["[]", "[4]", "[3,9,27]", "null"]))")
    members.append("\"mentions\":\(generator.pick(["0", "1", "3", "null"]))")
    if !generator.chance(9) { members.append("\"words\":\(generator.pick(["0", "250"]))") }
    members.append("\"visibility\":\(number(&generator))")
    members.append("\"share\":\(number(&generator))")
    if !generator.chance(3) {
      members.append(
        "\"label\":\(generator.chance(40) ? "\"MIXED\"" : generator.pick(["\"POSITIVE\"", "\"NEGATIVE\"", "\"NEUTRAL\"", "null"]))"
      )
      members.append("\"score\":\(number(&generator))")
      members.append("\"positive\":\(generator.pick(["[]", "null", #"["one", "two"]"#]))")
      members.append("\"negative\":\(generator.pick(["[]", #"["three"]"#]))")
    }
    return "{\(members.joined(separator: ","))}"
  }

  private static func number(_ generator: inout SeededGenerator) -> String {
    if generator.chance(40) { return generator.pick(["1000", "999.995", "-1234.5"]) }
    return generator.pick(["null", "0", "0.005", "-0.005", "12.3", "999.994", "50.124999", "-12.345", "33.33"])
  }

  private static func quoted(_ text: String) -> String {
    var json = JSONWriter()
    json.string(text)
    return String(decoding: json.finish(), as: UTF8.self)
  }
}
