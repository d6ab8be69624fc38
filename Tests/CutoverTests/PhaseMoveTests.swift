import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

@testable import Cutover

/// Every move of the table of moves, and every one that is not in it, in the database.
@Suite struct PhaseMoveTests {
  private static let actor = Phases.Actor("ann", reason: "because")

  private static func onStage(_ body: @escaping @Sendable (Stage) async throws -> Void) async throws {
    try await onLoop { loop in
      let stage = try await Stage.open(on: loop)
      defer { stage.close() }
      try await stage.run("DELETE FROM switchyard.phase_moves")
      try await body(stage)
    }
  }

  /// Evidence in the database by which a requirement is met, and by which it is not.
  private static func provide(_ requirement: Requirement, _ isMet: Bool, _ stage: Stage) async throws {
    switch requirement {
    case .dualWriteIsOn: try await stage.run("UPDATE switchyard.migrations SET dual_write = \(isMet)")
    case .nothingReadsNew:
      try await stage.run("UPDATE switchyard.flags SET use_new_schema = \(!isMet), canary_percent = 50")
    case .everythingReadsNew:
      try await stage.run(
        """
        UPDATE switchyard.flags SET use_new_schema = true, canary_percent = 100;
        UPDATE switchyard.flags SET canary_percent = 99.99 WHERE service = 'prompts' AND NOT \(isMet)
        """)
    case .lastVerificationEqual, .verificationCoversWrites:
      let state = try await stage.pool.query(Stage.migration.triggerState).string(row: 0, column: 1)!
      let (isEqual, covers) = requirement == .lastVerificationEqual ? (isMet, true) : (true, isMet)
      try await stage.run(
        """
        UPDATE switchyard.verifications SET is_equal = is_equal AND \(isEqual),
          trigger_state = CASE WHEN \(covers) THEN trigger_state ELSE 'other' END;
        INSERT INTO switchyard.verifications (migration, job, is_equal, trigger_state)
        SELECT 'brand-metrics', 1, \(isEqual), \(covers ? "'\(state)'" : "'other'")
        WHERE NOT EXISTS (SELECT FROM switchyard.verifications)
        """)
    case .triggersInstalled:
      try await stage.run(
        "ALTER TABLE extracted_positions \(isMet ? "ENABLE ALWAYS" : "DISABLE") TRIGGER switchyard_enqueue")
    case .oldWritesRefused:
      let state = try await stage.pool.query(Stage.migration.triggerState).string(row: 0, column: 1)!
      try await stage.run("UPDATE switchyard.migrations SET refusal_state = '\(isMet ? state : "other")'")
    case .skippedAccepted:
      try await stage.run(
        """
        DELETE FROM switchyard.skipped_rows;
        INSERT INTO switchyard.skipped_rows (migration, table_name, id, key, reason)
        SELECT 'brand-metrics', 'extracted_positions', 1, 1, 'orphan' WHERE NOT \(isMet)
        """)
    case .repairQueueEmpty:
      try await stage.run(
        isMet
          ? "DELETE FROM switchyard.repair_queue"
          : "INSERT INTO switchyard.repair_queue (migration, key, subject, reason) VALUES ('brand-metrics', 1, 's', 'r')"
      )
    case .oldTableUnread:
      try await stage.run(
        """
        DELETE FROM switchyard.usage_clocks;
        INSERT INTO switchyard.usage_clocks (migration, sampled_at, scans, own_scans, foreign_scans, unread_since)
        VALUES ('brand-metrics', now(), 0, 0, 0, now() - interval '\(isMet ? 30 : 29) days 1 minute')
        """)
    case .archiveUntouched:
      try await stage.run(
        """
        DELETE FROM switchyard.archives;
        INSERT INTO switchyard.archives (migration, row_count, checksum, archived_checksum)
        VALUES ('brand-metrics', 1, 7, \(isMet ? 7 : 8))
        """)
    }
  }

  private static func put(_ phase: Phase, _ stage: Stage) async throws {
    try await stage.run("UPDATE switchyard.migrations SET phase = '\(phase.rawValue)'")
  }

  private static func take(_ move: PhaseMove, by actor: Phases.Actor = actor, _ stage: Stage) async throws -> Phase {
    try await stage.pool.transaction { session in
      let phase = try await stage.phases.lock(in: session)
      return try await stage.phases.take(move.name, from: phase, to: move.to, by: actor, in: session)
    }
  }

  private static func refusal(_ error: (any Error)?) -> [String]? {
    (error as? StepRefused).map { [$0.name, $0.phase.rawValue] + $0.missing }
  }

  /// Those that change triggers first: what follows looks at them as they are then.
  private static func inOrder(_ needs: [Requirement]) -> [Requirement] {
    needs.filter { $0 == .triggersInstalled } + needs.filter { $0 != .triggersInstalled }
  }

  private static func record(_ stage: Stage) async throws -> [[String?]] {
    try await stage.rows(
      "SELECT step, from_phase, to_phase, by, reason, forced FROM switchyard.phase_moves ORDER BY id")
  }

  @Test("each move is made where its needs are met, and is recorded", arguments: 0..<PhaseMove.all.count)
  func allowed(_ index: Int) async throws {
    let move = PhaseMove.all[index]
    try await Self.onStage { stage in
      try await Self.put(move.from, stage)
      for need in Self.inOrder(move.needs) { try await Self.provide(need, true, stage) }
      let reached = try await Self.take(move, stage)
      #expect(reached == move.to)
      #expect(try await stage.phase() == move.to)
      #expect(
        try await Self.record(stage) == [
          [move.name, move.from.rawValue, move.to.rawValue, "ann", "because", nil]
        ])
      #expect(
        try await stage.value(
          """
          SELECT at BETWEEN now() - interval '1 minute' AND clock_timestamp() AND (evidence -> 'dual_write')::text = 'true'
            AND json_typeof(evidence -> 'reads_new') = 'array'
          FROM switchyard.phase_moves
          """) == "t")
      let shown = try await MigrationStatus.read(Stage.migration, stage.pool)
      #expect(shown.phase == move.to && shown.moves.count == 1)
      #expect(shown.moves[0].by == "ann" && shown.moves[0].reason == "because" && !shown.moves[0].isForced)
    }
  }

  @Test("each need that is not met refuses, is named, and is overruled by force", arguments: 0..<PhaseMove.all.count)
  func needs(_ index: Int) async throws {
    let move = PhaseMove.all[index]
    guard !move.needs.isEmpty else { return }
    try await Self.onStage { stage in
      for missing in move.needs {
        try await stage.run("DELETE FROM switchyard.verifications; DELETE FROM switchyard.phase_moves")
        try await Self.put(move.from, stage)
        if missing == .triggersInstalled { try await Self.provide(missing, false, stage) }
        for need in Self.inOrder(move.needs) where need != missing { try await Self.provide(need, true, stage) }
        if missing != .triggersInstalled { try await Self.provide(missing, false, stage) }
        let sentence = try #require(
          try await stage.phases.evidence(in: stage.pool).missing(missing, of: Stage.migration))
        let error = await failure { try await Self.take(move, stage) }
        #expect(Self.refusal(error) == [move.name, move.from.rawValue, sentence])
        #expect("\(error!)".contains(sentence))
        #expect(try await stage.phase() == move.from)
        #expect(try await Self.record(stage) == [])
        #expect(
          try await MigrationStatus.read(Stage.migration, stage.pool).next.first {
            $0.step == move.name && $0.to == move.to
          }?.missing
            == [sentence], "the status says the same")

        let force = Phases.Actor("bob", reason: "no time", isForcing: true)
        let reached = try await Self.take(move, by: force, stage)
        #expect(reached == move.to)
        let record = try await Self.record(stage)[0]
        #expect(record[3] == "bob" && record[4] == "no time")
        #expect(try await stage.value("SELECT forced ->> 0 FROM switchyard.phase_moves") == sentence)
        #expect(try await MigrationStatus.read(Stage.migration, stage.pool).moves[0].isForced)
      }
    }
  }

  @Test("all that is missing is named at once, and a move that was forced without need is not recorded as forced")
  func allAtOnce() async throws {
    try await Self.onStage { stage in
      try await Self.put(.newOnly, stage)
      let archive = try #require(PhaseMove.all.first { $0.name == "archive" && $0.from == .newOnly })
      for need in archive.needs { try await Self.provide(need, false, stage) }
      let error = await failure { try await Self.take(archive, stage) }
      #expect((error as? StepRefused)?.missing.count == 6)
      try await stage.run("DELETE FROM switchyard.verifications")
      for need in archive.needs { try await Self.provide(need, true, stage) }
      _ = try await Self.take(archive, by: Phases.Actor("bob", reason: "to be sure", isForcing: true), stage)
      #expect(try await Self.record(stage)[0].last! == nil)
    }
  }

  @Test("any other step is refused in each phase, by force too, and names the phases and the commands that lead there")
  func others() async throws {
    try await Self.onStage { stage in
      let phases: [Phase] = [.planned, .created, .dualWriting, .backfilled, .verified, .newOnly, .archived, .dropped]
      var refused = 0
      for phase in phases {
        try await Self.put(phase, stage)
        for move in PhaseMove.all where !PhaseMove.all.contains(where: { $0.name == move.name && $0.from == phase }) {
          for actor in [Self.actor, Phases.Actor("bob", reason: "x", isForcing: true)] {
            let error = await failure { try await Self.take(move, by: actor, stage) }
            #expect(Self.refusal(error) == [move.name, phase.rawValue])
            #expect("\(error!)".contains(move.from.rawValue))
            refused += 1
          }
        }
        #expect(try await stage.phase() == phase)
      }
      #expect(refused > 100)
      #expect(try await Self.record(stage) == [])
      try await Self.put(.dualWriting, stage)
      let error = await failure {
        try await stage.pool.transaction { try await stage.phases.take(.drop, by: Self.actor, in: $0) }
      }
      #expect("\(error!)".contains("\"switchyard archive\" leads there"))
    }
  }

  @Test("a move that follows from what happened is made where there is one, and else nothing happens")
  func follows() async throws {
    try await Self.onStage { stage in
      for (from, found, reached) in [
        (Phase.backfilled, Phase.verified, Phase.verified), (.verified, .verified, .verified),
        (.verified, .backfilled, .backfilled), (.dualWriting, .verified, .dualWriting),
        (.newOnly, .backfilled, .newOnly),
      ] {
        try await Self.put(from, stage)
        try await stage.pool.transaction { try await stage.phases.follow("verify", to: found, by: Self.actor, in: $0) }
        #expect(try await stage.phase() == reached)
      }
      try await Self.put(.dualWriting, stage)
      try await Self.provide(.dualWriteIsOn, false, stage)
      try await stage.pool.transaction { try await stage.phases.follow("backfill", by: Self.actor, in: $0) }
      #expect(try await stage.phase() == .dualWriting, "its need is not met")
    }
  }

  @Test("of many who move at once, one does")
  func atOnceMoved() async throws {
    try await Self.onStage { stage in
      try await Self.put(.backfilled, stage)
      let moved = try await atOnce(8, on: stage.settings) { other in
        await failure {
          try await other.pool.transaction { try await other.phases.take(.verify, by: Self.actor, in: $0) }
        } == nil
      }
      #expect(moved.count { $0 } == 8, "one after the other, there and back")
      #expect(
        try await Self.record(stage).map { $0[2] } == [
          "verified", "backfilled", "verified", "backfilled", "verified", "backfilled", "verified", "backfilled",
        ])
    }
  }
}
