import EventLoop
package import Observability
package import SQL

/// Requests that were answered from a schema, or failed at it.
package struct ReadTally: Sendable, Equatable {
  package struct Side: Hashable, Sendable {
    package let service: String
    package let schema: String

    package init(service: String, schema: String) {
      self.service = service
      self.schema = schema
    }
  }

  package private(set) var latencies: [Side: Latencies] = [:]
  /// A schema may have more errors than requests: what the other one answered in its place is a request of that one.
  package private(set) var errors: [Side: Int] = [:]

  package init() {}

  package var requests: [Side: Int] { latencies.mapValues(\.count) }

  package mutating func add(_ latencies: Latencies, of side: Side) {
    guard latencies.count > 0 else { return }
    self.latencies[side, default: Latencies()].merge(latencies)
  }

  package mutating func add(errors: Int, of side: Side) {
    guard errors > 0 else { return }
    self.errors[side, default: 0] += errors
  }

  package mutating func merge(_ other: ReadTally) {
    for (side, latencies) in other.latencies { add(latencies, of: side) }
    for (side, errors) in other.errors { add(errors: errors, of: side) }
  }

  fileprivate var isEmpty: Bool { latencies.isEmpty && errors.isEmpty }

  /// Of all sides together.
  fileprivate var p95: LatencyBucket? {
    latencies.values.reduce(into: Latencies()) { $0.merge($1) }.percentile(95)
  }
}

/// Tells the database what all loops of a process have answered.
package final class ReadCounts {
  /// What could not be told before.
  private var untold = ReadTally()

  package init() {}

  /// What cannot be told now is told the next time; twice, where the connection is lost before the database can say that
  /// it knows. It counts in the hour, and on the day, in which it is told.
  package func tell(_ tally: ReadTally, to database: any Database) async throws {
    untold.merge(tally)
    let told = untold
    guard !told.isEmpty else { return }
    untold = ReadTally()
    do {
      try await database.transaction { session in
        try await Self.tellRequests(of: told, in: session)
        try await Self.tellErrors(of: told, in: session)
        guard let p95 = tally.p95 else { return }
        _ = try await session.query(
          Statement(file: PackageResources.foreground_tell_sql),
          [.text(ProcessName.current.description), .integer(p95.microseconds / 1_000)])
      }
    } catch {
      untold.merge(told)
      throw error
    }
  }

  private static func tellRequests(of tally: ReadTally, in session: any Session) async throws(DatabaseError) {
    let requests = Array(tally.requests)
    _ = try await session.query(
      Statement(file: PackageResources.reads_add_sql),
      [.array(requests.map(\.key.service)), .array(requests.map(\.key.schema)), .array(requests.map(\.value))])
    let buckets = tally.latencies.flatMap { side, latencies in
      latencies.buckets.map { (side: side, bucket: $0.bucket.number, requests: $0.requests) }
    }
    _ = try await session.query(
      Statement(file: PackageResources.latencies_add_sql),
      [
        .array(buckets.map(\.side.service)), .array(buckets.map(\.side.schema)), .array(buckets.map(\.bucket)),
        .array(buckets.map(\.requests)),
      ])
  }

  private static func tellErrors(of tally: ReadTally, in session: any Session) async throws(DatabaseError) {
    guard !tally.errors.isEmpty else { return }
    let errors = Array(tally.errors)
    _ = try await session.query(
      Statement(file: PackageResources.read_errors_add_sql),
      [.array(errors.map(\.key.service)), .array(errors.map(\.key.schema)), .array(errors.map(\.value))])
  }
}
