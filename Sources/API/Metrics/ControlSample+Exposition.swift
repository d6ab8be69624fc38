import Cutover
import Migration
import Observability

extension ControlSample {
  private static let jobStates = Job.State.allCases.map(\.rawValue) + [paused]

  func add(to text: inout Exposition) {
    text.add(Metric.flagStoredEpoch, Double(flagEpoch))
    text.add(Metric.processes, Double(processes))
    for move in moves { move.add(to: &text) }
    for job in jobs {
      for state in Self.jobStates {
        text.add(Metric.jobState, [job.migration, job.kind, state], job.state == state ? 1 : 0)
      }
      text.add(Metric.jobProgress, [job.migration, job.kind], job.progress)
      if let left = job.secondsLeft { text.add(Metric.jobSecondsLeft, [job.migration, job.kind], Double(left)) }
    }
  }
}

extension ControlSample.Move {
  fileprivate func add(to text: inout Exposition) {
    for phase in Phase.allCases {
      text.add(Metric.phase, [migration, phase.rawValue], self.phase == phase.rawValue ? 1 : 0)
    }
    text.add(Metric.dualWrite, [migration], isDualWriting ? 1 : 0)
    text.add(Metric.queueEntries, [migration], Double(queued))
    text.add(Metric.queueAge, [migration], queueAge ?? 0)
    if let unread { text.add(Metric.oldUnread, [migration], unread) }
    if let isEqual { text.add(Metric.verificationEqual, [migration], isEqual ? 1 : 0) }
    if let view {
      text.add(Metric.dirtyCells, [migration], Double(view.dirtyCells))
      text.add(Metric.dirtyCellAge, [migration], view.dirtyAge)
    }
  }
}
