package import EventLoop
import Rollout
package import SQL

/// Compares both schemas for a share of the requests of one loop: the side that answers is asked in a snapshot, and when
/// the client has its answer, the other side is asked in the same one.
///
/// It has connections of its own. What comes while all of them are taken is answered without, which is counted.
package final class ShadowReads {
  package enum Report {
    /// With what came of asking again.
    case compared(Question, Comparison, Comparison.Verdict?)
    /// There was nothing to compare.
    case notComparable(Question)
    /// No connection was free.
    case shed(Question)
  }

  /// How long the side may take for which nobody waits.
  private static let otherMillisecondsMax = 2_000

  private let database: any Database
  private let hasCapacity: () -> Bool
  private let newMillisecondsMax: Int?
  private let loop: EventLoop
  private let judge: (Question, any Database) async -> Comparison.Verdict?
  private let report: (Report) -> Void

  /// - Parameters:
  ///   - hasCapacity: a snapshot of `database` could begin at once.
  ///   - newMillisecondsMax: how long new may take where it answers; nil: as long as old.
  ///   - judge: asks again where the schemas differed; nil: nobody wants to know.
  package init(
    in database: any Database, hasCapacity: @escaping () -> Bool, newMillisecondsMax: Int?, on loop: EventLoop,
    judge: @escaping (Question, any Database) async -> Comparison.Verdict? = { _, _ in nil },
    report: @escaping (Report) -> Void
  ) {
    self.database = database
    self.hasCapacity = hasCapacity
    self.newMillisecondsMax = newMillisecondsMax
    self.loop = loop
    self.judge = judge
    self.report = report
  }

  /// Asks the side that is to answer, for a share of the calls. nil: it is to be asked without comparing.
  func ask(_ schema: Schema, _ question: Question, share: Percent) async -> SideAnswer? {
    guard share != .none, Int.random(in: 0..<Percent.all.hundredths) < share.hundredths else { return nil }
    guard hasCapacity() else {
      report(.shed(question))
      return nil
    }
    return await withCheckedContinuation { continuation in
      loop.spawn { await self.compare(question, asking: schema) { continuation.resume(returning: $0) } }
    }
  }

  private func compare(_ question: Question, asking first: Schema, answered: (SideAnswer?) -> Void) async {
    let limits = Comparison.Limits(
      first: first == .new ? newMillisecondsMax : nil, other: Self.otherMillisecondsMax)
    let comparison = await Comparison.make(
      of: question, asking: first, within: limits, in: database, answered: answered)
    guard let comparison else { return report(.notComparable(question)) }
    let verdict = comparison.outcome == .different ? await judge(question, database) : nil
    report(.compared(question, comparison, verdict))
  }
}
