import Cutover
import EventLoop
import SQL
import TestSupport
import Testing

@Suite struct ScorePlanTests {
  /// Plans are kept, and the first is made while nothing has been scored.
  @Test("a backlog that starts with empty tables never scans the wide table", arguments: [false, true])
  func readsByIndex(isKnownToBeEmpty: Bool) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop, isCreated: false)
      defer { stage.close() }
      try await stage.addMentions(of: 1, count: 450)
      if isKnownToBeEmpty { try await stage.run("ANALYZE") }
      try await stage.score(1)
      let scanned = try await eventually(on: loop) {
        try await stage.value(
          "SELECT max(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'extracted_positions' AND n_tup_ins = 1350"
        )
      }
      #expect(scanned == "0")
    }
  }

  private func eventually(on loop: EventLoop, _ value: () async throws -> String?) async throws -> String? {
    for _ in 0..<2_000 {
      if let found = try await value() { return found }
      await loop.sleep(milliseconds: 5)
    }
    return nil
  }
}
