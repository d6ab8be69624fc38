package import Cutover
import JSON
import Migration
package import QueryAdapter
import SQL

extension ShadowLedger {
  /// Counts a comparison, and keeps a difference with what is needed to ask again.
  package func add(_ report: ShadowReads.Report) {
    count(service: report.question.service.name, outcome: report.outcome)
    if case .compared(let question, let comparison, let verdict) = report, case .different = comparison.outcome,
      verdict != .explained
    {
      keep(Difference(question, comparison))
    }
  }
}

extension ShadowReads.Report {
  private static let notComparable = "not_comparable"
  private static let shed = "shed"
  /// A difference that named rows account for: they are skipped, or known to be answered differently.
  private static let explained = Comparison.Verdict.explained.rawValue
  static let outcomes = Comparison.Outcome.allCases.map(\.rawValue) + [explained, notComparable, shed]

  var question: Question {
    switch self {
    case .compared(let question, _, _), .notComparable(let question), .shed(let question): question
    }
  }

  /// One of `outcomes`.
  var outcome: String {
    switch self {
    case .compared(_, let comparison, .explained) where comparison.outcome == .different: Self.explained
    case .compared(_, let comparison, _): comparison.outcome.rawValue
    case .notComparable: Self.notComparable
    case .shed: Self.shed
    }
  }
}

extension ShadowLedger.Difference {
  fileprivate init(_ question: Question, _ comparison: Comparison) {
    var parameters = JSONWriter()
    parameters.beginObject()
    parameters.members(of: question.echo)
    parameters.endObject()
    var differences = JSONWriter()
    differences.differences(comparison.differences)
    self.init(
      service: question.service.name, path: question.endpoint.path, subject: question.subject,
      binds: question.binds.map(\.text), parameters: String(decoding: parameters.finish(), as: UTF8.self),
      differences: String(decoding: differences.finish(), as: UTF8.self))
  }
}

extension JSONWriter {
  /// `[{"path","old","new"}]`; the values as the bodies have them, as text.
  mutating func differences(_ differences: [BodyDifference]) {
    beginArray()
    for difference in differences {
      beginObject()
      key("path")
      string(difference.path)
      key("old")
      string(difference.old)
      key("new")
      string(difference.new)
      endObject()
    }
    endArray()
  }
}
