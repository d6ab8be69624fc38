import Cutover
import Migration
import Postgres
import SQL
import TestSupport

/// Writes that a world goes through: the same by SQL on the old tables, by SQL on the new ones, and on the Swift values.
struct WorldChange: Sendable {
  /// Pairs of statements, for the old tables and for the new ones.
  private var statements: [(old: String, new: String)] = []
  private var added: [World.Result] = []

  static func make(_ world: inout World, _ generator: inout SeededGenerator) -> WorldChange {
    var change = WorldChange()
    for _ in 0..<40 { change.step(&world, &generator) }
    change.added = SampleWorld.more(15, for: world, &generator)
    world.results += change.added
    return change
  }

  private mutating func step(_ world: inout World, _ generator: inout SeededGenerator) {
    let index = generator.below(world.results.count)
    let key = "WHERE collector_result_id = \(world.results[index].id)"
    let ofFact = "WHERE metric_fact_id = (SELECT id FROM metric_facts \(key))"
    func facts(_ assignments: String) -> (String, String) {
      ("UPDATE extracted_positions SET \(assignments) \(key)", "UPDATE metric_facts SET \(assignments) \(key)")
    }
    switch generator.below(7) {
    case 0:
      world.results[index].processedAt = SampleWorld.moment(&generator)
      statements.append(facts("processed_at = '\(Calendar.text(microseconds: world.results[index].processedAt))'"))
    case 1:
      world.results[index].collector = "perplexity"
      world.results[index].topic = nil
      statements.append(facts("collector_type = 'perplexity', topic = NULL"))
    case 2:
      guard let other = world.results.firstIndex(where: { $0.brand != world.results[index].brand }),
        world.results[index].competitors.isEmpty
      else { return step(&world, &generator) }
      world.results[index].brand = world.results[other].brand
      world.results[index].customer = world.results[other].customer
      statements.append(
        facts("brand_id = '\(world.results[other].brand)', customer_id = '\(world.results[other].customer)'"))
    case 3:
      world.results[index].metrics.visibility = Exact(-50_005, scale: 3)
      world.results[index].isPresent = false
      statements.append(
        (
          "UPDATE extracted_positions SET visibility_index = -50.005, has_brand_presence = false \(key) AND competitor_name IS NULL",
          "UPDATE brand_metrics SET visibility_index = -50.01, has_brand_presence = false \(ofFact)"
        ))
    case 4:
      world.results[index].metrics.label = nil
      world.results[index].metrics.score = nil
      statements.append(
        (
          "UPDATE extracted_positions SET sentiment_label = NULL, sentiment_score = NULL \(key) AND competitor_name IS NULL",
          "DELETE FROM brand_sentiment \(ofFact)"
        ))
    case 5:
      for position in world.results[index].competitors.indices {
        world.results[index].competitors[position].mentions = 3
      }
      statements.append(
        (
          "UPDATE extracted_positions SET competitor_mentions = 3 \(key) AND competitor_name IS NOT NULL",
          "UPDATE competitor_metrics SET competitor_mentions = 3 \(ofFact)"
        ))
    default:
      statements.append(("DELETE FROM extracted_positions \(key)", "DELETE FROM metric_facts \(key)"))
      world.results.remove(at: index)
    }
  }

  /// The same on the new tables alone; nothing is added.
  func applyToNew(_ stage: Stage) async throws {
    for statement in statements { try await stage.run(statement.new) }
  }

  func apply(to stage: Stage, _ world: World) async throws {
    for (old, new) in statements {
      try await stage.runUnseen(old)
      try await stage.run(new)
    }
    try await world.load(added, into: stage.pool)
    _ = try await stage.pool.query(Stage.migration.copy.copy, [.array(added.map(\.id))] + [OldRow]().binds)
  }
}
