package import EventLoop
package import Rollout
package import SQL

/// Compares both schemas for a share of the requests of one loop, after they were answered, on a connection that no
/// request waits for. One at a time: what comes faster is shed.
package final class ShadowReads {
  package enum Report {
    case compared(Question, Comparison)
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
  private let report: (Report) -> Void
  private var database: (any Database)?
  private var queue: [(question: Question, since: ContinuousClock.Instant)] = []
  private var isRunning = false
  private var asksNewFirst = false

  /// - Parameter connect: called when the first request is compared.
  package init(
    connect: @escaping () -> any Database, on loop: EventLoop, report: @escaping (Report) -> Void
  ) {
    self.connect = connect
    self.loop = loop
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
        report(.compared(question, comparison))
      } else {
        report(.notComparable(question))
      }
    }
    isRunning = false
  }
}
