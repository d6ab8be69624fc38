package import Cutover
import Migration
package import QueryAdapter
package import Rollout
package import SQL

/// Those who want to know what shadow reads find: the ledger, the metrics and the guards.
package struct ShadowObserver {
  private let ledger: ShadowLedger
  private let meter: RequestMeter
  private let flags: FlagBox
  private let watch: CanaryWatch

  package init(_ ledger: ShadowLedger, _ meter: RequestMeter, _ flags: FlagBox, _ watch: CanaryWatch) {
    self.ledger = ledger
    self.meter = meter
    self.flags = flags
    self.watch = watch
  }

  /// Whether a difference lasts, and whether named rows account for it.
  package func judge(_ question: Question, in database: any Database) async -> Comparison.Verdict? {
    try? await Replay.run(question, of: question.migration, in: database).verdict
  }

  package func tell(_ report: ShadowReads.Report) {
    ledger.add(report)
    meter.shadowed(report)
    guard case .compared(let question, let comparison, let verdict) = report else { return }
    switch comparison.outcome {
    case .same, .different:
      watch.compared(
        flags.current.flag(of: question.service.name), differs: verdict == .different,
        oldMicroseconds: comparison.oldMicroseconds, newMicroseconds: comparison.newMicroseconds)
    case .oldFailed, .newFailed, .bothFailed: break
    }
  }
}
