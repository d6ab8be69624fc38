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

    package init(id: Int, isEqual: Bool) {
      self.id = id
      self.isEqual = isEqual
    }
  }

  /// Days without a read of the old tables that their retirement takes.
  package static let unreadDaysMin = 30

  package var isDualWriting = false
  package var services: [Service] = []
  /// The last one since the new tables were filled.
  package var verification: Verification?
  /// Results that await repair.
  package var queued = 0
  /// How long nobody has read the old tables; nil: not watched of late.
  package var unreadDays: Int?
  package var isArchiveUntouched = false

  package init() {}

  /// What is missing, as a sentence that says what to do; nil: nothing.
  package func missing(_ requirement: Requirement, of migration: Migration) -> String? {
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
    case .repairQueueEmpty:
      return queued == 0 ? nil : "\(queued) \(migration.keyTitles) await repair"
    case .oldTableUnread:
      guard let unreadDays else {
        return "nobody has watched of late who reads \(migration.oldTitle): run \"switchyard serve\""
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
  package let step: Step
  package let phase: Phase
  /// Empty: the phase itself is in the way.
  package let missing: [String]

  package var description: String {
    let name = step.rawValue.replacing("_", with: " ")
    guard missing.isEmpty else { return "\(name) is not possible yet: \(missing.joined(separator: "; "))" }
    let from = PhaseMove.all.filter { $0.step == step }.map(\.from.rawValue)
    return "\(name) is not possible in phase \(phase.rawValue), only in \(from.joined(separator: ", "))"
  }
}
