/// How far a migration is.
package enum Phase: String, Sendable, CaseIterable {
  /// Nothing was made yet.
  case planned
  /// The new tables exist; what is written to the old ones enters the repair queue, since dual write is off.
  case created
  /// Both are written.
  case dualWriting = "dual_writing"
  /// What the old tables held has been copied.
  case backfilled
  /// Both were found equal.
  case verified
  /// Verified, and some service reads new. Follows from the flags; it is shown and not stored.
  case cuttingOver = "cutting_over"
  /// Everything reads new, and only new is written: PostgreSQL refuses writes to the old tables.
  case newOnly = "new_only"
  /// The old tables have other names; compatibility views answer under the old ones.
  case archived
  /// The old tables are gone.
  case dropped

  /// The new tables exist, and the old ones are still written.
  package static let bothWritten: [Phase] = [.created, .dualWriting, .backfilled, .verified]

  /// Only the new tables are written and read: the old ones are not up to date any more.
  package var isNewOnly: Bool { [.newOnly, .archived, .dropped].contains(self) }
}
