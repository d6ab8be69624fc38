import Cutover
import Migration
import Testing

/// The table of moves as a value.
@Suite struct PhaseTableTests {
  @Test("a step leads from a phase to one other")
  func unambiguous() {
    for phase in Phase.allCases {
      for step in Step.allCases {
        let moves = PhaseMove.all.filter { $0.step == step && $0.from == phase }
        #expect(moves.count <= 1)
        #expect(moves.allSatisfy { $0.to != phase })
        #expect(PhaseMove.of(step, from: phase)?.to == moves.first?.to)
      }
    }
  }

  @Test("every phase is reached, and only the last one has no way on or back")
  func reachable() {
    var reached: Set<Phase> = [.planned]
    while true {
      let next = reached.union(PhaseMove.all.filter { reached.contains($0.from) }.map(\.to))
      if next == reached { break }
      reached = next
    }
    #expect(reached == Set(Phase.allCases))
    #expect(Phase.allCases.filter { phase in !PhaseMove.all.contains { $0.from == phase } } == [.dropped])
  }

  @Test(
    "before the old table is dropped, there is a way back to the beginning from everywhere", arguments: Phase.allCases)
  func wayBack(_ phase: Phase) {
    guard phase != .dropped else { return }
    var reached: Set<Phase> = [phase]
    while true {
      // Not by going on: these are the steps that go back.
      let back: Set<Step> = [.remove, .truncate, .restore, .readOld, .dualWriteOff, .foundUnequal]
      let next = reached.union(
        PhaseMove.all.filter { back.contains($0.step) && reached.contains($0.from) }.map(\.to))
      if next == reached { break }
      reached = next
    }
    #expect(reached.contains(.planned), "\(reached)")
  }

  @Test("nothing is dropped that was not archived, and nothing archived that was not copied")
  func order() {
    #expect(PhaseMove.all.filter { $0.to == .dropped }.map(\.from) == [.archived])
    let copied: Set<Phase> = [.backfilled, .verified, .reading, .newOnly]
    #expect(PhaseMove.all.filter { $0.to == .archived }.allSatisfy { copied.contains($0.from) })
    #expect(PhaseMove.all.filter { $0.step == .stopOldWrites }.map(\.from) == [.reading])
  }

  private static let allIsWell: Evidence = {
    var evidence = Evidence()
    evidence.isDualWriting = true
    evidence.services = [.init(name: "a", readsNew: true, readsOld: false)]
    evidence.verification = .init(id: 1, isEqual: true)
    evidence.unreadDays = 30
    evidence.isArchiveUntouched = true
    return evidence
  }()

  @Test("each requirement is met by its own evidence, and says what is missing")
  func requirements() {
    func missing(_ requirement: Requirement, _ change: (inout Evidence) -> Void = { _ in }) -> String? {
      var evidence = Self.allIsWell
      change(&evidence)
      return evidence.missing(requirement, of: Stage.migration)
    }
    for requirement in Requirement.allCases where requirement != .nothingReadsNew {
      #expect(missing(requirement) == nil, "\(requirement)")
    }
    #expect(missing(.nothingReadsNew)?.contains("a") == true)
    #expect(missing(.nothingReadsNew) { $0.services = [.init(name: "a", readsNew: false, readsOld: true)] } == nil)
    #expect(missing(.dualWriteIsOn) { $0.isDualWriting = false }?.contains("dual_write") == true)
    #expect(
      missing(.everythingReadsNew) { $0.services.append(.init(name: "b", readsNew: true, readsOld: true)) }?.contains(
        "b") == true)
    #expect(missing(.lastVerificationEqual) { $0.verification = nil }?.contains("switchyard verify") == true)
    #expect(missing(.lastVerificationEqual) { $0.verification = .init(id: 7, isEqual: false) }?.contains("7") == true)
    #expect(missing(.repairQueueEmpty) { $0.queued = 3 }?.contains("3") == true)
    #expect(missing(.oldTableUnread) { $0.unreadDays = 29 }?.contains("29") == true)
    #expect(missing(.oldTableUnread) { $0.unreadDays = nil }?.contains("extracted_positions") == true)
    #expect(missing(.archiveUntouched) { $0.isArchiveUntouched = false } != nil)
  }
}
