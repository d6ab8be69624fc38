package import Migration
import SQL

/// What is known of a migration when somebody wants to take a step.
package struct Evidence: Sendable, Equatable {
  package struct Service: Sendable, Equatable {
    package let name: String
    /// Nobody or everybody, or a canary between.
    package let readsNew: Bool
    package let readsOld: Bool

    package init(name: String, readsNew: Bool, readsOld: Bool) {
      self.name = name
      self.readsNew = readsNew
      self.readsOld = readsOld
    }
  }

  package struct Verification: Sendable, Equatable {
    package let id: Int
    package let isEqual: Bool
    /// Since it began nobody has changed a trigger or a partition, so all that was written is known.
    package let coversWrites: Bool

    package init(id: Int, isEqual: Bool, coversWrites: Bool = true) {
      self.id = id
      self.isEqual = isEqual
      self.coversWrites = coversWrites
    }
  }

  /// Old rows that are in no new table, for one reason.
  package struct Skipped: Sendable, Equatable {
    package let reason: String
    package let rows: Int

    package init(reason: String, rows: Int) {
      self.reason = reason
      self.rows = rows
    }
  }

  /// Days without a read of the old tables that their retirement takes.
  package static let unreadDaysMin = 30

  package var isDualWriting = false
  package var services: [Service] = []
  /// The last one since the new tables were filled.
  package var verification: Verification?
  /// Keys that await repair.
  package var queued = 0
  /// Why they do, the most frequent reasons.
  package var queuedReasons: [String] = []
  /// Old tables and partitions whose writes are not followed, as a list; nil: none.
  package var triggersMissing: String?
  /// Whether every write to the old tables has been refused since old writes were stopped.
  package var areOldWritesRefused = false
  /// By reason.
  package var skipped: [Skipped] = []
  /// How long nobody has read the old tables; nil: no recent usage sample.
  package var unreadDays: Int?
  package var isArchiveUntouched = false

  package init() {}

  /// What is missing, as a sentence that says what to do; nil: nothing.
  /// - Parameter accepted: old rows that may be in no new table.
  package func missing(_ requirement: Requirement, of migration: Migration, accepted: Int? = nil) -> String? {
    switch requirement {
    case .dualWriteIsOn:
      return isDualWriting ? nil : "dual write is off: PATCH /api/admin/flags with \(Self.dualWriteOn(migration))"
    case .nothingReadsNew:
      let names = services.filter(\.readsNew).map(\.name)
      return names.isEmpty ? nil : "these services read new: \(names.joined(separator: ", ")); roll them back first"
    case .everythingReadsNew:
      let names = services.filter(\.readsOld).map(\.name)
      return names.isEmpty
        ? nil : "these services do not read new for everyone yet: \(names.joined(separator: ", "))"
    case .lastVerificationEqual:
      guard let verification else { return "nothing was verified yet: run \(migration.command("verify"))" }
      return verification.isEqual
        ? nil : "verification \(verification.id) found differences: run \(migration.command("verify --repair"))"
    case .verificationCoversWrites:
      guard let verification, !verification.coversWrites else { return nil }
      return
        "triggers or partitions of \(migration.oldTitle) were changed since verification \(verification.id): run \(migration.command("verify"))"
    case .repairQueueEmpty:
      guard queued > 0 else { return nil }
      let reasons = queuedReasons.isEmpty ? "" : " (\(queuedReasons.joined(separator: "; ")))"
      let advice = "run \"switchyard serve\", which repairs them, or \(migration.command("backfill"))"
      return "\(queued) \(migration.keyTitles) await repair\(reasons): \(advice)"
    case .triggersInstalled:
      return triggersMissing.map {
        "writes to \($0) are not followed: run \(migration.command("create")) to install the triggers, then \(migration.command("verify"))"
      }
    case .oldWritesRefused:
      return areOldWritesRefused
        ? nil
        : "triggers of \(migration.oldTitle) were changed since old writes were stopped: run \(migration.command("restore")), then \(migration.command("verify"))"
    case .skippedAccepted:
      let count = skipped.reduce(0) { $0 + $1.rows }
      guard count != accepted ?? 0 else { return nil }
      let reasons = skipped.map { "\($0.reason) \($0.rows)" }.joined(separator: ", ")
      let found =
        count == 0 ? "every old row is in the new tables" : "\(count) old rows are in no new table (\(reasons))"
      return accepted == nil
        ? "\(found): \(migration.command("skipped")) lists them, --accept-skipped \(count) goes on without them"
        : "\(found), and --accept-skipped says \(accepted ?? 0)"
    case .oldTableUnread:
      guard let unreadDays else {
        return "no recent usage sample of \(migration.oldTitle): run \"switchyard serve\""
      }
      return unreadDays >= Self.unreadDaysMin
        ? nil : "\(migration.oldTitle): read \(unreadDays) days ago, and must be unread for \(Self.unreadDaysMin)"
    case .archiveUntouched:
      return isArchiveUntouched ? nil : "the archived tables are not what was archived: their checksum differs"
    }
  }

  private static func dualWriteOn(_ migration: Migration) -> String {
    migration.isDefault ? #"{"dual_write":true}"# : #"{"dual_write":true,"migration":"\#(migration.name)"}"#
  }
}

/// A step that may not be taken now.
package struct StepRefused: Error, Equatable, CustomStringConvertible {
  /// Of the step, or of the switch for dual write.
  package let name: String
  package let phase: Phase
  /// Empty: the phase itself is in the way.
  package let missing: [String]
  let requirements: [Requirement]
  private let advice: String

  init(
    _ name: String, of migration: Migration, phase: Phase, missing: [(requirement: Requirement, detail: String)]
  ) {
    self.name = name
    self.phase = phase
    self.missing = missing.map(\.detail)
    requirements = missing.map(\.requirement)
    let moves = PhaseMove.all.filter { $0.name == name }
    let ways = moves.map(\.from).map { from in
      let leading = PhaseMove.all.first { $0.to == from && $0.from != from }
      return "\(from.rawValue)\(leading.map { " (\(migration.command($0.name)) leads there)" } ?? "")"
    }
    advice = ways.joined(separator: " or ")
  }

  package var description: String {
    guard missing.isEmpty else { return "\(name) is not possible yet: \(missing.joined(separator: "; "))" }
    return "\(name) is not possible in phase \(phase.rawValue), only in \(advice)"
  }
}
