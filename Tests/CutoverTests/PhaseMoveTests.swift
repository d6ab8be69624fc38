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
    case .lastVerificationEqual:
      try await stage.run(
        "INSERT INTO switchyard.verifications (migration, job, is_equal) VALUES ('brand-metrics', 1, \(isMet))")
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

  private static func take(_ step: Step, by actor: Phases.Actor = actor, _ stage: Stage) async throws -> Phase {
    try await stage.pool.transaction { try await stage.phases.take(step, by: actor, in: $0) }
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
      for need in move.needs { try await Self.provide(need, true, stage) }
      let reached = try await Self.take(move.step, stage)
      #expect(reached == move.to)
      #expect(try await stage.phase() == move.to)
      #expect(
        try await Self.record(stage) == [
          [move.step.rawValue, move.from.rawValue, move.to.rawValue, "ann", "because", nil]
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
        for need in move.needs where need != missing { try await Self.provide(need, true, stage) }
        try await Self.provide(missing, false, stage)
        let sentence = try #require(
          try await stage.phases.evidence(in: stage.pool).missing(missing, of: Stage.migration))
        let error = await failure { try await Self.take(move.step, stage) }
        #expect(error as? StepRefused == StepRefused(step: move.step, phase: move.from, missing: [sentence]))
        #expect("\(error!)".contains(sentence))
        #expect(try await stage.phase() == move.from)
        #expect(try await Self.record(stage) == [])
        #expect(
          try await MigrationStatus.read(Stage.migration, stage.pool).next.first { $0.step == move.step }?.missing
            == [sentence], "the status says the same")

        let force = Phases.Actor("bob", reason: "no time", isForcing: true)
        let reached = try await Self.take(move.step, by: force, stage)
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
      try await Self.put(.reading, stage)
      let needs = PhaseMove.of(.archive, from: .reading)!.needs
      #expect(needs.count == 4)
      for need in needs { try await Self.provide(need, false, stage) }
      let error = await failure { try await Self.take(.archive, stage) }
      #expect((error as? StepRefused)?.missing.count == 4)
      for need in needs { try await Self.provide(need, true, stage) }
      _ = try await Self.take(.archive, by: Phases.Actor("bob", reason: "to be sure", isForcing: true), stage)
      #expect(try await Self.record(stage)[0].last! == nil)
    }
  }

  @Test(
    "any other step is refused in each phase, by force too, and says where it is possible", arguments: Phase.allCases)
  func others(_ phase: Phase) async throws {
    try await Self.onStage { stage in
      try await Self.put(phase, stage)
      for requirement in Requirement.allCases where requirement != .nothingReadsNew {
        try await Self.provide(requirement, true, stage)
      }
      var count = 0
      for step in Step.allCases where PhaseMove.of(step, from: phase) == nil {
        for actor in [Self.actor, Phases.Actor("bob", reason: "x", isForcing: true)] {
          let error = await failure { try await Self.take(step, by: actor, stage) }
          #expect(error as? StepRefused == StepRefused(step: step, phase: phase, missing: []))
          for from in PhaseMove.all.filter({ $0.step == step }).map(\.from) {
            #expect("\(error!)".contains(from.rawValue))
          }
          count += 1
        }
      }
      #expect(count >= 2 * (Step.allCases.count - 6))
      #expect(try await stage.phase() == phase)
      #expect(try await Self.record(stage) == [])
    }
  }

  @Test("a step that follows from what happened is taken where there is one, and else nothing happens")
  func follows() async throws {
    try await Self.onStage { stage in
      for phase in Phase.allCases {
        for (step, to) in [(Step.foundEqual, Phase.verified), (.foundUnequal, .backfilled)] {
          try await Self.put(phase, stage)
          try await stage.pool.transaction { try await stage.phases.follow(step, by: Self.actor, in: $0) }
          let isMoved = PhaseMove.of(step, from: phase) != nil
          #expect(try await stage.phase() == (isMoved ? to : phase))
        }
      }
      try await Self.put(.dualWriting, stage)
      try await Self.provide(.dualWriteIsOn, false, stage)
      try await stage.pool.transaction { try await stage.phases.follow(.backfill, by: Self.actor, in: $0) }
      #expect(try await stage.phase() == .dualWriting, "its need is not met")
    }
  }

  @Test("of many who move at once, one does")
  func atOnceMoved() async throws {
    try await Self.onStage { stage in
      try await Self.put(.backfilled, stage)
      let moved = try await atOnce(8, on: stage.settings) { other in
        await failure { try await Self.take(.foundEqual, other) } == nil
      }
      #expect(moved.count { $0 } == 1)
      #expect(try await Self.record(stage).count == 1)
    }
  }
}
