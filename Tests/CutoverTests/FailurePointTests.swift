import Cutover
import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@testable import ScoreNow

/// Fails every statement of the transaction that scores, one after the other.
@Suite struct FailurePointTests {
  @Test(
    "whichever statement fails, all is there or nothing", arguments: FailingDatabase.Manner.allCases, [true, false])
  func everyStatement(_ manner: FailingDatabase.Manner, _ isDualWriting: Bool) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      if !isDualWriting { try await stage.setDualWrite(on: false) }
      var brand = 0
      var outcomes: Set<String> = []
      while true {
        brand += 1
        try await stage.addMentions(of: brand, count: 2)
        // One connection, so that what is told of it is told of the right one.
        let pool = Pool(stage.settings, limits: PoolLimits(connectionsMax: 1), on: loop)
        defer { pool.close() }
        let database = FailingDatabase(pool, manner, at: brand)
        let report = try? await stage.score(brand, through: database)
        let isReached = database.statements.count >= brand
        let label = Comment("\(manner) at \(brand) of \(database.statements)")

        let state = try await Self.state(of: brand, stage)
        #expect(["nothing", "both", "old, queued"].contains(state), label)
        #expect(try await stage.violations() == [], label)
        if let report {
          #expect(state != "nothing", label)
          #expect(report.processed == 2 && report.oldRowsWritten == 6, label)
          #expect(report.factsWritten == (state == "both" ? 2 : 0), label)
          #expect(report.newSchemaErrors == (isReached && state == "old, queued" && isDualWriting ? 2 : 0), label)
        } else {
          #expect(state == "nothing", label)
        }
        outcomes.insert(state)

        #expect(try await stage.score(brand).remaining == 0, label)
        if !isReached { break }
      }
      #expect(brand > 4, "several statements have been failed")
      #expect(outcomes.contains("nothing"))
      #expect(outcomes.contains(isDualWriting ? "both" : "old, queued"))
      try await stage.setDualWrite(on: true)
      try await stage.repair.drain()
      #expect(try await stage.count("switchyard.repair_queue") == 0)
      #expect(try await stage.count("extracted_positions") == 6 * brand)
      #expect(try await stage.count("metric_facts") == 2 * brand)
      #expect(try await stage.violations() == [])
      for brand in 1...brand { #expect(try await stage.unequalServices(of: brand) == []) }
    }
  }

  private static func state(of brand: Int, _ stage: Stage) async throws -> String {
    let id = UUIDValue.sample(brand)
    let old = try await stage.count("extracted_positions WHERE brand_id = '\(id)'")
    let facts = try await stage.count("metric_facts WHERE brand_id = '\(id)'")
    let competitors = try await stage.count(
      "competitor_metrics JOIN metric_facts f ON f.id = metric_fact_id AND brand_id = '\(id)'")
    let queued = try await stage.count("switchyard.repair_queue WHERE subject = '\(id)'")
    return switch (old, facts, competitors, queued) {
    case (0, 0, 0, 0): "nothing"
    case (6, 2, 4, 0): "both"
    case (6, 0, 0, 2): "old, queued"
    default: "old \(old), facts \(facts), competitors \(competitors), queued \(queued)"
    }
  }
}
