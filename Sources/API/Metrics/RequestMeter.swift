package import Cutover
package import HTTP
package import Migration
package import Observability
package import QueryAdapter
package import Rollout
import Synchronization

/// What one loop has answered. Written by that loop and read now and then by others, so its lock is free but for the
/// moment of a look.
package final class RequestMeter: Sendable {
  /// A service, or all paths that are none.
  package struct Place: Sendable, Equatable {
    fileprivate let index: Int
    /// The last one.
    private static let otherName = "other"

    fileprivate static func names(_ migrations: [Migration]) -> [String] {
      migrations.flatMap(\.services).map(\.name) + [otherName]
    }
  }

  /// All at one moment.
  package struct Totals: Sendable {
    package fileprivate(set) var requests: Counters
    package fileprivate(set) var durations: Histograms
    package fileprivate(set) var shadows: Counters

    fileprivate init(_ services: [String]) {
      let service = LabelAxis("service", services)
      requests = Counters(SeriesGrid(Metric.requests, service, Decision.axis, StatusClass.axis))
      durations = Histograms(SeriesGrid(Metric.durations, service, Decision.schemas))
      shadows = Counters(
        SeriesGrid(
          Metric.shadows, LabelAxis("service", services.dropLast()),
          LabelAxis("outcome", ShadowReads.Report.outcomes)))
    }

    package mutating func merge(_ other: Totals) {
      requests.merge(other.requests)
      durations.merge(other.durations)
      shadows.merge(other.shadows)
    }
  }

  private struct State {
    var totals: Totals
    /// Answers that the database has not been told of, by service and schema.
    var reads: [Int]
    var latest: [Int] = []
  }

  /// Latencies that are kept between two tellings; more of them are not needed.
  private static let latenciesMax = 4_096

  private let services: [String]
  private let state: Mutex<State>

  package init(_ migrations: [Migration]) {
    services = Place.names(migrations)
    state = Mutex(
      State(totals: Totals(services), reads: Array(repeating: 0, count: services.count * Schema.allCases.count)))
  }

  package var other: Place { Place(index: services.count - 1) }

  package func place(of service: Service) -> Place {
    guard let index = services.firstIndex(of: service.name) else { preconditionFailure("a service of the catalog") }
    return Place(index: index)
  }

  /// - Parameter choice: the schema that was asked last; nil: none was.
  package func answered(_ place: Place, _ choice: Choice?, _ status: Status, nanoseconds: Int) {
    state.withLock { state in
      state.totals.requests.add(place.index, Decision.place(of: choice), StatusClass.place(of: status))
      state.totals.durations.add(nanoseconds, at: place.index, Decision.schemaPlace(of: choice))
      guard let choice else { return }
      state.reads[place.index * Schema.allCases.count + Decision.schemaPlace(of: choice)] += 1
      if state.latest.count < Self.latenciesMax { state.latest.append(nanoseconds / 1_000) }
    }
  }

  package func shadowed(_ report: ShadowReads.Report) {
    guard let outcome = ShadowReads.Report.outcomes.firstIndex(of: report.outcome) else { return }
    let place = place(of: report.question.service)
    state.withLock { $0.totals.shadows.add(place.index, outcome) }
  }

  package var totals: Totals { state.withLock { $0.totals } }

  /// What was answered from a schema since the last call.
  package func takeReads() -> ReadTally {
    let (reads, latest) = state.withLock { state in
      defer {
        state.reads = Array(repeating: 0, count: state.reads.count)
        state.latest = []
      }
      return (state.reads, state.latest)
    }
    var tally = ReadTally(latest: latest)
    for (index, count) in reads.enumerated() where count > 0 {
      let (service, schema) = index.quotientAndRemainder(dividingBy: Schema.allCases.count)
      tally.add(count, service: services[service], schema: Schema.allCases[schema].rawValue)
    }
    return tally
  }
}

/// A schema and the reason for it, as labels.
private enum Decision {
  private static let none = "none"
  private static let choices = Schema.allCases.flatMap { schema in
    Choice.Reason.allCases.map { Choice(schema, $0) }
  }

  static let axis = LabelAxis(
    ["schema", "reason"], choices.map { [$0.schema.rawValue, $0.reason.rawValue] } + [[none, none]])
  static let schemas = LabelAxis("schema", Schema.allCases.map(\.rawValue) + [none])

  static func place(of choice: Choice?) -> Int {
    guard let choice else { return choices.count }
    let reason =
      switch choice.reason {
      case .flag: 0
      case .canary: 1
      case .override: 2
      case .fallback: 3
      }
    return schemaPlace(of: choice) * Choice.Reason.allCases.count + reason
  }

  static func schemaPlace(of choice: Choice?) -> Int {
    switch choice?.schema {
    case .old: 0
    case .new: 1
    case nil: 2
    }
  }
}

private enum StatusClass {
  static let axis = LabelAxis("status", ["2xx", "3xx", "4xx", "5xx"])

  static func place(of status: Status) -> Int { status.code / 100 - 2 }
}
