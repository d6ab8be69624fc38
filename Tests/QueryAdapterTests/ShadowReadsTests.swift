import EventLoop
import QueryAdapter
import Rollout
import SQL
import TestSupport
import Testing

@Suite struct ShadowReadsTests {
  private static func database(_ beforeAnswer: @escaping @Sendable () -> Void = {}) -> ScriptedDatabase {
    let rows = Rows("section", "day", rows: [["points", "monday"]])
    let side = ScriptedDatabase.Side.rows(subject: Rows("id", rows: [["s"]]), rows)
    return ScriptedDatabase(["subject.old": side, "subject.new": side], beforeAnswer: beforeAnswer)
  }

  /// Reports by kind.
  private final class Reports {
    var compared = 0
    var shed = 0
    var notComparable = 0

    func add(_ report: ShadowReads.Report) {
      switch report {
      case .compared: compared += 1
      case .shed: shed += 1
      case .notComparable: notComparable += 1
      }
    }
  }

  @Test("what comes while the queue is full is shed at once, and all else is compared, one at a time")
  func sheds() async throws {
    try await onLoop { loop in
      let reports = Reports()
      let shadows = ShadowReads(connect: { Self.database() }, on: loop) { reports.add($0) }
      // Nothing runs on the loop before this lets go of it.
      for _ in 0..<200 { shadows.offer(SampleQuestion.about(), share: .all) }
      #expect(reports.shed == 136 && reports.compared == 0)
      try await eventually("the queue is empty", on: loop) { reports.compared == 64 }
      for _ in 0..<10 { shadows.offer(SampleQuestion.about(), share: .all) }
      try await eventually("it goes on", on: loop) { reports.compared == 74 }
      #expect(reports.shed == 136 && reports.notComparable == 0)
    }
  }

  @Test("both sides are asked first in turns")
  func turns() async throws {
    try await onLoop { loop in
      let database = Self.database()
      let reports = Reports()
      let shadows = ShadowReads(connect: { database }, on: loop) { reports.add($0) }
      for _ in 0..<4 { shadows.offer(SampleQuestion.about(), share: .all) }
      try await eventually("all are compared", on: loop) { reports.compared == 4 }
      let subjects = database.names.flatMap { $0 }.filter { $0.hasPrefix("subject") }
      #expect(
        subjects
          == Array(repeating: ["subject.new", "subject.old", "subject.old", "subject.new"], count: 2).flatMap { $0 })
    }
  }

  @Test("the share of the requests that is compared", arguments: [0, 1, 1_000, 5_000, 9_999, 10_000])
  func share(_ hundredths: Int) async throws {
    try await onLoop { loop in
      let reports = Reports()
      let shadows = ShadowReads(connect: { Self.database() }, on: loop) { reports.add($0) }
      let count = 20_000
      for _ in 0..<count { shadows.offer(SampleQuestion.about(), share: Percent(hundredths: hundredths)!) }
      try await eventually("all are done", on: loop) { reports.compared == min(64, reports.compared + reports.shed) }
      let taken = reports.compared + reports.shed
      let expected = Double(count * hundredths) / 10_000
      // Six standard deviations.
      let slack = 6 * (expected * (1 - Double(hundredths) / 10_000)).squareRoot()
      #expect(abs(Double(taken) - expected) <= slack, "\(taken) of \(expected)")
    }
  }
}
