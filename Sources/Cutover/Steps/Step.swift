package import Migration

/// What moves a migration on, and back. Each has a file with all that is to know about it.
package enum Step: String, Sendable, CaseIterable {
  case create, backfill, refresh, verify
  case stopOldWrites = "stop-old-writes"
  case archive, restore, drop, truncate, remove

  package var definition: StepDefinition {
    switch self {
    case .create: .create
    case .backfill: .backfill
    case .refresh: .refresh
    case .verify: .verify
    case .stopOldWrites: .stopOldWrites
    case .archive: .archive
    case .restore: .restore
    case .drop: .drop
    case .truncate: .truncate
    case .remove: .remove
    }
  }
}

/// The command line, the API, jobs and `status` derive from it.
package struct StepDefinition: Sendable {
  /// What it does, in one sentence.
  package let summary: String
  package let options: [StepOption]
  /// Where it leads from each phase, and what that needs.
  package let moves: [PhaseMove]
  /// Other phases in which it may run; it moves the migration nowhere from there.
  let phases: [Phase]
  /// Whether it may run although its moves do not begin in this phase, and move the migration nowhere.
  let mayRepeat: @Sendable (Phase, Evidence) -> Bool
  /// Steps that may not be under way beside it: what is compared or copied should stay where it is.
  let rivals: [Step]
  /// What can be done once it is done, and how to undo it.
  package let next: @Sendable (Migration) -> String
  /// Work that ended before its job was recorded as done is not done twice. Returns the report, as JSON.
  let work: @Sendable (JobRun) async throws -> String

  init(
    summary: String, options: [StepOption] = [], moves: [PhaseMove], phases: [Phase] = [],
    mayRepeat: @escaping @Sendable (Phase, Evidence) -> Bool = { _, _ in false }, rivals: [Step],
    next: @escaping @Sendable (Migration) -> String, work: @escaping @Sendable (JobRun) async throws -> String
  ) {
    self.summary = summary
    self.options = options
    self.moves = moves
    self.phases = phases
    self.mayRepeat = mayRepeat
    self.rivals = rivals
    self.next = next
    self.work = work
  }

  /// What can be repaired is repaired before its gate is looked at.
  var needsEmptyQueue: Bool { moves.contains { $0.needs.contains(.repairQueueEmpty) } }

  /// Steps that take away or move what others read.
  static let movingSteps: [Step] = [.stopOldWrites, .archive, .restore, .drop, .truncate, .remove]
}

/// An option of steps: a field of the API, and a flag of the command line with dashes in it.
package enum StepOption: String, Sendable, CaseIterable {
  case dryRun = "dry_run"
  case batchSize = "batch_size"
  case repair
  case acceptSkipped = "accept_skipped"
  case acceptColumns = "accept_columns"
  case force
}

/// One way that a migration may go.
package struct PhaseMove: Sendable {
  /// As it is recorded.
  package let name: String
  package let from: Phase
  package let to: Phase
  package let needs: [Requirement]

  init(_ name: String, _ from: Phase, _ to: Phase, needs: [Requirement] = []) {
    self.name = name
    self.from = from
    self.to = to
    self.needs = needs
  }

  init(_ step: Step, _ from: Phase, _ to: Phase, needs: [Requirement] = []) {
    self.init(step.rawValue, from, to, needs: needs)
  }

  /// Every way forward and back.
  package static var all: [PhaseMove] { Step.allCases.flatMap(\.definition.moves) + DualWriteSwitch.moves }
}

/// What must be shown before a move.
package enum Requirement: Sendable, CaseIterable {
  case dualWriteIsOn, triggersInstalled, oldWritesRefused, nothingReadsNew, everythingReadsNew, lastVerificationEqual,
    verificationCoversWrites, repairQueueEmpty, skippedAccepted, oldTableUnread, archiveUntouched

  /// What is true of both schemas before one of them is left behind.
  static let complete: [Requirement] = [
    .dualWriteIsOn, .triggersInstalled, .repairQueueEmpty, .lastVerificationEqual, .verificationCoversWrites,
    .everythingReadsNew, .skippedAccepted,
  ]
}
