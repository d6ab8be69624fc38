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

  /// What the database has not been told of: numbers in rows that are there from the start, so that a request only adds.
  private struct Untold {
    /// By service and schema.
    private(set) var errors: [Int]
    /// By service, schema and bucket.
    private var requests: [Int]

    init(_ services: [String]) {
      errors = Array(repeating: 0, count: services.count * Schema.allCases.count)
      requests = Array(repeating: 0, count: errors.count * LatencyBucket.count)
    }

    mutating func answered(_ place: Place, _ choice: Choice, _ bucket: LatencyBucket, isError: Bool) {
      let side = Self.side(place, choice.schema)
      requests[side * LatencyBucket.count + bucket.number] += 1
      if isError { errors[side] += 1 }
      if case .fallback = choice.reason { errors[Self.side(place, .new)] += 1 }
    }

    func latencies(of side: Int) -> Latencies {
      Latencies(counts: requests[side * LatencyBucket.count..<(side + 1) * LatencyBucket.count])
    }

    private static func side(_ place: Place, _ schema: Schema) -> Int {
      place.index * Schema.allCases.count + Decision.place(of: schema)
    }
  }

  private struct State {
    var totals: Totals
    var untold: Untold
  }

  private let services: [String]
  private let state: Mutex<State>

  package init(_ migrations: [Migration]) {
    services = Place.names(migrations)
    state = Mutex(State(totals: Totals(services), untold: Untold(services)))
  }

  package var other: Place { Place(index: services.count - 1) }

  package func place(of service: Service) -> Place {
    guard let index = services.firstIndex(of: service.name) else { preconditionFailure("a service of the catalog") }
    return Place(index: index)
  }

  /// A request is one of the schema that was asked last, with all the time it took. It is an error of that one if it
  /// failed, and an error of new if new was to answer it and old was asked instead.
  /// - Parameter choice: the schema that was asked last; nil: none was.
  package func answered(_ place: Place, _ choice: Choice?, _ status: Status, nanoseconds: Int) {
    let bucket = LatencyBucket(nanoseconds: nanoseconds)
    state.withLock { state in
      state.totals.requests.add(place.index, Decision.place(of: choice), StatusClass.place(of: status))
      state.totals.durations.add(nanoseconds, at: place.index, Decision.schemaPlace(of: choice))
      guard let choice else { return }
      state.untold.answered(place, choice, bucket, isError: status.code >= 500)
    }
  }

  package func shadowed(_ report: ShadowReads.Report) {
    guard let outcome = ShadowReads.Report.outcomes.firstIndex(of: report.outcome) else { return }
    let place = place(of: report.question.service)
    state.withLock { $0.totals.shadows.add(place.index, outcome) }
  }

  package var totals: Totals { state.withLock { $0.totals } }

  /// What was answered from a schema, or failed at it, since the last call.
  package func takeReads() -> ReadTally {
    var taken = Untold(services)
    state.withLock { swap(&$0.untold, &taken) }
    var tally = ReadTally()
    for (index, errors) in taken.errors.enumerated() {
      let (service, schema) = index.quotientAndRemainder(dividingBy: Schema.allCases.count)
      let side = ReadTally.Side(service: services[service], schema: Schema.allCases[schema].rawValue)
      tally.add(taken.latencies(of: index), of: side)
      tally.add(errors: errors, of: side)
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

  static func schemaPlace(of choice: Choice?) -> Int { choice.map { place(of: $0.schema) } ?? Schema.allCases.count }

  static func place(of schema: Schema) -> Int {
    switch schema {
    case .old: 0
    case .new: 1
    }
  }
}

private enum StatusClass {
  static let axis = LabelAxis("status", ["2xx", "3xx", "4xx", "5xx"])

  static func place(of status: Status) -> Int { status.code / 100 - 2 }
}
