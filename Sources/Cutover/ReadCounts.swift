import EventLoop
package import SQL

/// Requests that were answered from a schema, and how quickly.
package struct ReadTally: Sendable, Equatable {
  package struct Side: Hashable, Sendable {
    package let service: String
    package let schema: String
  }

  package private(set) var requests: [Side: Int] = [:]
  /// Microseconds, in any order; not necessarily of all of them.
  fileprivate(set) var latest: [Int]

  package init(latest: [Int] = []) { self.latest = latest }

  package mutating func add(_ count: Int, service: String, schema: String) {
    requests[Side(service: service, schema: schema), default: 0] += count
  }

  package mutating func merge(_ other: ReadTally) {
    requests.merge(other.requests, uniquingKeysWith: +)
    latest += other.latest
  }
}

/// Tells the database what all loops of a process have answered.
package final class ReadCounts {
  /// What could not be told before, without its latencies.
  private var untold = ReadTally()

  package init() {}

  /// What cannot be told now is told the next time. One call at a time.
  package func tell(_ tally: ReadTally, to database: any Database) async throws {
    let latest = tally.latest
    untold.merge(tally)
    untold.latest = []
    guard !untold.requests.isEmpty else { return }
    let sides = untold.requests.sorted { ($0.key.service, $0.key.schema) < ($1.key.service, $1.key.schema) }
    try await database.transaction { session in
      _ = try await session.query(
        Statement(file: PackageResources.reads_add_sql),
        [.array(sides.map(\.key.service)), .array(sides.map(\.key.schema)), .array(sides.map(\.value))])
      guard !latest.isEmpty else { return }
      let p95 = latest.sorted()[min(latest.count - 1, latest.count * 95 / 100)]
      _ = try await session.query(
        Statement(file: PackageResources.foreground_tell_sql),
        [.text(ProcessName.current.description), .integer(p95 / 1_000)])
    }
    untold = ReadTally()
  }
}
