package import EventLoop
package import Rollout
package import SQL

/// Compares both schemas for a share of the requests of one loop, after they were answered, on a connection that no
/// request waits for. One at a time: what comes faster is shed.
package final class ShadowReads {
  package enum Report {
    /// With what came of asking again.
    case compared(Question, Comparison, Comparison.Verdict?)
    /// There was nothing to compare.
    case notComparable(Question)
    /// The queue was full, or it waited too long.
    case shed(Question)
  }

  static let queueMax = 64
  /// A request that has waited longer is not compared any more.
  static let waitMillisecondsMax = 2_000

  private let connect: () -> any Database
  private let loop: EventLoop
  private let judge: (Question, any Database) async -> Comparison.Verdict?
  private let report: (Report) -> Void
  private var database: (any Database)?
  private var queue: [(question: Question, since: ContinuousClock.Instant)] = []
  private var isRunning = false
  private var asksNewFirst = false

  /// - Parameters:
  ///   - connect: called when the first request is compared.
  ///   - judge: asks again where the schemas differed; nil: nobody wants to know.
  package init(
    connect: @escaping () -> any Database, on loop: EventLoop,
    judge: @escaping (Question, any Database) async -> Comparison.Verdict? = { _, _ in nil },
    report: @escaping (Report) -> Void
  ) {
    self.connect = connect
    self.loop = loop
    self.judge = judge
    self.report = report
  }

  /// Takes the question for a share of the calls. Never waits.
  package func offer(_ question: Question, share: Percent) {
    guard share != .none, Int.random(in: 0..<Percent.all.hundredths) < share.hundredths else { return }
    guard queue.count < Self.queueMax else { return report(.shed(question)) }
    queue.append((question, .now))
    guard !isRunning else { return }
    isRunning = true
    loop.spawn { await self.run() }
  }

  private func run() async {
    let database = database ?? connect()
    self.database = database
    while !queue.isEmpty {
      let (question, since) = queue.removeFirst()
      guard ContinuousClock.now - since < .milliseconds(Self.waitMillisecondsMax) else {
        report(.shed(question))
        continue
      }
      // In turns, so that neither side always finds the cache warm.
      asksNewFirst.toggle()
      if let comparison = await Comparison.make(of: question, asking: asksNewFirst ? .new : .old, in: database) {
        let verdict = comparison.outcome == .different ? await judge(question, database) : nil
        report(.compared(question, comparison, verdict))
      } else {
        report(.notComparable(question))
      }
    }
    isRunning = false
  }
}
