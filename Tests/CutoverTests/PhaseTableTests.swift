import Cutover
import Migration
import Testing

/// Every way that a migration may go, written down apart from the program.
@Suite struct PhaseTableTests {
  private static let complete: Set<Requirement> = [
    .dualWriteIsOn, .triggersInstalled, .repairQueueEmpty, .lastVerificationEqual, .verificationCoversWrites,
    .everythingReadsNew, .skippedAccepted,
  ]

  private static let expected: [String: Set<Requirement>] = [
    "create: planned to dual_writing": [],
    "remove: created to planned": [.nothingReadsNew],
    "remove: dual_writing to planned": [.nothingReadsNew],
    "dual-write-on: created to dual_writing": [],
    "dual-write-off: dual_writing to created": [],
    "backfill: dual_writing to backfilled": [.dualWriteIsOn],
    "truncate: backfilled to dual_writing": [.nothingReadsNew],
    "truncate: verified to dual_writing": [.nothingReadsNew],
    "verify: backfilled to verified": [],
    "verify: verified to backfilled": [],
    "stop-old-writes: backfilled to new_only": complete,
    "stop-old-writes: verified to new_only": complete,
    "archive: backfilled to archived": complete.union([.oldTableUnread]),
    "archive: verified to archived": complete.union([.oldTableUnread]),
    "archive: new_only to archived": [
      .oldWritesRefused, .repairQueueEmpty, .lastVerificationEqual, .everythingReadsNew, .skippedAccepted,
      .oldTableUnread,
    ],
    "restore: new_only to verified": [],
    "restore: archived to new_only": [],
    "drop: archived to dropped": [
      .archiveUntouched, .repairQueueEmpty, .lastVerificationEqual, .skippedAccepted, .oldTableUnread,
    ],
  ]

  @Test("the moves and their needs are these, and no others")
  func moves() {
    let moves = PhaseMove.all.map { ("\($0.name): \($0.from.rawValue) to \($0.to.rawValue)", Set($0.needs)) }
    #expect(moves.count == Self.expected.count)
    for (move, needs) in moves { #expect(Self.expected[move] == needs, "\(move)") }
  }

  @Test("names of phases and steps are those that the API and the command line use")
  func names() {
    #expect(
      Phase.allCases.map(\.rawValue) == [
        "planned", "created", "dual_writing", "backfilled", "verified", "cutting_over", "new_only", "archived",
        "dropped",
      ])
    #expect(
      Step.allCases.map(\.rawValue) == [
        "create", "backfill", "refresh", "verify", "stop-old-writes", "archive", "restore", "drop", "truncate",
        "remove",
      ])
  }

  private static let allIsWell: Evidence = {
    var evidence = Evidence()
    evidence.isDualWriting = true
    evidence.services = [.init(name: "a", readsNew: true, readsOld: false)]
    evidence.verification = .init(id: 1, isEqual: true)
    evidence.areOldWritesRefused = true
    evidence.unreadDays = 30
    evidence.isArchiveUntouched = true
    return evidence
  }()

  private static func missing(
    _ requirement: Requirement, accepted: Int? = nil, _ change: (inout Evidence) -> Void = { _ in }
  ) -> String? {
    var evidence = allIsWell
    change(&evidence)
    return evidence.missing(requirement, of: Stage.migration, accepted: accepted)
  }

  @Test("each requirement is met by its own evidence, and says what is missing and what to do")
  func requirements() {
    for requirement in Requirement.allCases where requirement != .nothingReadsNew {
      #expect(Self.missing(requirement) == nil, "\(requirement)")
    }
    func expect(_ requirement: Requirement, names words: String..., change: (inout Evidence) -> Void) {
      let text = Self.missing(requirement, change)
      for word in words { #expect(text?.contains(word) == true, "\(requirement): \(text ?? "met")") }
    }
    expect(.nothingReadsNew, names: "a") { _ in }
    #expect(Self.missing(.nothingReadsNew) { $0.services = [.init(name: "a", readsNew: false, readsOld: true)] } == nil)
    expect(.dualWriteIsOn, names: "dual_write") { $0.isDualWriting = false }
    expect(.triggersInstalled, names: "some_partition", "switchyard create") { $0.triggersMissing = "some_partition" }
    expect(.oldWritesRefused, names: "switchyard restore") { $0.areOldWritesRefused = false }
    expect(.everythingReadsNew, names: "b") { $0.services.append(.init(name: "b", readsNew: true, readsOld: true)) }
    expect(.lastVerificationEqual, names: "switchyard verify") { $0.verification = nil }
    expect(.lastVerificationEqual, names: "7", "--repair") { $0.verification = .init(id: 7, isEqual: false) }
    expect(.verificationCoversWrites, names: "7", "switchyard verify") {
      $0.verification = .init(id: 7, isEqual: true, coversWrites: false)
    }
    expect(.repairQueueEmpty, names: "3 collector results", "2 no way", "switchyard backfill") {
      $0.queued = 3
      $0.queuedReasons = ["2 no way", "1 dual write was off"]
    }
    expect(.oldTableUnread, names: "29") { $0.unreadDays = 29 }
    expect(.oldTableUnread, names: "extracted_positions", "switchyard serve") { $0.unreadDays = nil }
    expect(.archiveUntouched, names: "checksum") { $0.isArchiveUntouched = false }
  }

  @Test("old rows in no new table must be accepted by their number, which is told with the reasons")
  func acceptance() {
    func missing(_ accepted: Int?, _ skipped: [Evidence.Skipped]) -> String? {
      Self.missing(.skippedAccepted, accepted: accepted) { $0.skipped = skipped }
    }
    let some = [Evidence.Skipped(reason: "orphan", rows: 3), .init(reason: "overflow", rows: 4)]
    #expect(missing(nil, []) == nil && missing(0, []) == nil && missing(7, some) == nil)
    for wrong in [0, 3, 6, 8] { #expect(missing(wrong, some)?.contains("7 old rows") == true) }
    for word in ["7 old rows", "orphan 3", "overflow 4", "--accept-skipped 7", "switchyard skipped"] {
      #expect(missing(nil, some)?.contains(word) == true)
    }
    #expect(missing(1, [])?.contains("every old row is in the new tables") == true)
  }
}
