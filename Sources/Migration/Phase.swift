/// How far a migration is. `PhaseMove.all` says which way each may go on and back.
package enum Phase: String, Sendable, CaseIterable {
  /// Nothing was made yet.
  case planned
  /// The new tables exist; only the old one is written.
  case created
  /// Both are written.
  case dualWriting = "dual_writing"
  /// What the old table held has been copied.
  case backfilled
  /// Both were found equal.
  case verified
  /// At least one service reads new.
  case reading
  /// Everything reads new, and only new is written. The old table is still there, and falls behind.
  case newOnly = "new_only"
  /// The old table has another name; a view answers under the old one.
  case archived
  /// The old table is gone.
  case dropped

  /// The new tables exist, and the old one is still written.
  package static let bothWritten: [Phase] = [.created, .dualWriting, .backfilled, .verified, .reading]

  /// Only the new tables are written and read: the old ones are not up to date any more.
  package var isNewOnly: Bool { [.newOnly, .archived, .dropped].contains(self) }
}

/// What moves a migration from one phase to another.
package enum Step: String, Sendable, CaseIterable {
  case create, remove
  case dualWriteOn = "dual_write_on"
  case dualWriteOff = "dual_write_off"
  case backfill, truncate
  case foundEqual = "found_equal"
  case foundUnequal = "found_unequal"
  case readNew = "read_new"
  case readOld = "read_old"
  case stopOldWrites, archive, restore, drop
}

/// What must be shown before a move.
package enum Requirement: Sendable, CaseIterable {
  case dualWriteIsOn, nothingReadsNew, everythingReadsNew, lastVerificationEqual, repairQueueEmpty, oldTableUnread,
    archiveUntouched
}

/// One way that a migration may go.
package struct PhaseMove: Sendable {
  package let step: Step
  package let from: Phase
  package let to: Phase
  package let needs: [Requirement]

  private init(_ step: Step, _ from: Phase, _ to: Phase, needs: [Requirement] = []) {
    self.step = step
    self.from = from
    self.to = to
    self.needs = needs
  }

  private static let beforeArchive: [Requirement] = [
    .lastVerificationEqual, .everythingReadsNew, .repairQueueEmpty, .oldTableUnread,
  ]

  /// Every way forward and back. `reading` is entered and left by the flags, all other phases by a job or a switch.
  package static let all: [PhaseMove] = [
    PhaseMove(.create, .planned, .created),
    PhaseMove(.remove, .created, .planned, needs: [.nothingReadsNew]),
    PhaseMove(.remove, .dualWriting, .planned, needs: [.nothingReadsNew]),

    PhaseMove(.dualWriteOn, .created, .dualWriting),
    PhaseMove(.dualWriteOff, .dualWriting, .created),

    PhaseMove(.backfill, .dualWriting, .backfilled, needs: [.dualWriteIsOn]),
    PhaseMove(.truncate, .backfilled, .dualWriting, needs: [.nothingReadsNew]),
    PhaseMove(.truncate, .verified, .dualWriting, needs: [.nothingReadsNew]),

    PhaseMove(.foundEqual, .backfilled, .verified),
    PhaseMove(.foundUnequal, .verified, .backfilled),

    PhaseMove(.readNew, .verified, .reading),
    PhaseMove(.readOld, .reading, .verified),

    PhaseMove(
      .stopOldWrites, .reading, .newOnly,
      needs: [.dualWriteIsOn, .lastVerificationEqual, .everythingReadsNew, .repairQueueEmpty]),
    PhaseMove(.restore, .newOnly, .reading),

    PhaseMove(.archive, .backfilled, .archived, needs: beforeArchive),
    PhaseMove(.archive, .verified, .archived, needs: beforeArchive),
    PhaseMove(.archive, .reading, .archived, needs: beforeArchive),
    PhaseMove(.archive, .newOnly, .archived, needs: beforeArchive),
    PhaseMove(.restore, .archived, .newOnly),

    PhaseMove(.drop, .archived, .dropped, needs: [.archiveUntouched]),
  ]

  package static func of(_ step: Step, from phase: Phase) -> PhaseMove? {
    all.first { $0.step == step && $0.from == phase }
  }
}
