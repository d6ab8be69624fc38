import Cutover
import EventLoop
import SQL
import ScoreNow
import TestSupport
import Testing

/// Verifications while everybody writes.
@Suite struct VerificationLoadTests {
  private static let runs = 200

  @Test("200 verifications while writers are active raise no false alarm, and a real difference is found after them")
  func noFalseAlarm() async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await Load.prepare(stage)
      try await stage.backfill()
      let settings = stage.settings
      let load = Load(seed: seed)
      async let ended: Void = load.run(Load.Part.allCases, on: settings)
      var alarms: [String] = []
      var verified = 0
      do {
        while verified < Self.runs, alarms.isEmpty, load.errors.isEmpty {
          let report = try await stage.verify(batchResults: 3)
          verified += 1
          if !report.equal { alarms = try await Self.findings(report, stage) }
        }
      } catch { alarms = ["\(error)"] }
      load.stop()
      try await ended
      print("verifications \(verified), writes \(load.done)")
      #expect(alarms == [], "seed \(seed), verification \(verified)")
      #expect(load.errors == [])
      #expect(Load.Part.allCases.allSatisfy { load.done[$0] ?? 0 > Self.runs / 4 }, "\(load.done)")

      try await eventually("all is repaired", on: loop) {
        try await stage.repair.drain()
        return try await stage.count("switchyard.repair_queue") == 0
      }
      #expect(try await stage.verify().equal)
      let damaged = try await stage.value(
        """
        WITH damaged AS (
          UPDATE brand_metrics SET total_word_count = total_word_count + 1
          WHERE metric_fact_id = (SELECT max(id) FROM metric_facts) RETURNING metric_fact_id)
        SELECT f.collector_result_id FROM metric_facts f JOIN damaged d ON d.metric_fact_id = f.id
        """)
      let report = try await stage.verify()
      #expect(!report.equal)
      let found = try await FindingsReader(report.verification, database: stage.pool).differences(after: 0, limit: 9)
      #expect(
        found.map { [$0.table, $0.key.map(String.init), $0.column] } == [
          ["brand_metrics", damaged, "total_word_count"]
        ])
    }
  }

  private static func findings(_ report: VerificationReport, _ stage: Stage) async throws -> [String] {
    try await FindingsReader(report.verification, database: stage.pool).differences(after: 0, limit: 20).map {
      "\($0)"
    }
  }
}
