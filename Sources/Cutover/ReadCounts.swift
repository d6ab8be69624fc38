import EventLoop
package import SQL
import Synchronization

/// What all loops of a process answer: how many requests from which schema, and how quickly. Told to the database now
/// and then.
package final class ReadCounts: Sendable {
  private struct Side: Hashable {
    let service: String
    let schema: String
  }

  private struct State {
    var requests: [Side: Int] = [:]
    var latest: [Int] = []
  }

  /// Latencies that are kept between two tellings; more of them are not needed.
  private static let latenciesMax = 4_096

  private let state = Mutex(State())

  package init() {}

  package func count(service: String, schema: String, microseconds: Int) {
    state.withLock { state in
      state.requests[Side(service: service, schema: schema), default: 0] += 1
      if state.latest.count < Self.latenciesMax { state.latest.append(microseconds) }
    }
  }

  /// Adds what was counted since the last time. What cannot be told now is told the next time.
  package func tell(_ database: any Database) async throws {
    let (requests, latest) = state.withLock { state in
      defer { state = State() }
      return (state.requests, state.latest)
    }
    guard !requests.isEmpty else { return }
    do {
      try await database.transaction { session in
        let sides = requests.sorted { ($0.key.service, $0.key.schema) < ($1.key.service, $1.key.schema) }
        _ = try await session.query(
          Statement(file: PackageResources.reads_add_sql),
          [.array(sides.map(\.key.service)), .array(sides.map(\.key.schema)), .array(sides.map(\.value))])
        // What could not be told before comes without its latencies.
        guard !latest.isEmpty else { return }
        let p95 = latest.sorted()[min(latest.count - 1, latest.count * 95 / 100)]
        _ = try await session.query(
          Statement(file: PackageResources.foreground_tell_sql),
          [.text(ProcessName.current.description), .integer(p95 / 1_000)])
      }
    } catch {
      state.withLock { $0.requests.merge(requests, uniquingKeysWith: +) }
      throw error
    }
  }
}
