package import SQL
import Synchronization

/// What all loops of a process have compared. Told to the database now and then.
package final class ShadowLedger: Sendable {
  /// Answers that differed.
  package struct Difference: Sendable {
    package let service: String
    /// The endpoint's, below the subject.
    package let path: String
    package let subject: String
    package let binds: [String?]
    /// As JSON.
    package let parameters: String
    package let differences: String

    package init(
      service: String, path: String, subject: String, binds: [String?], parameters: String, differences: String
    ) {
      self.service = service
      self.path = path
      self.subject = subject
      self.binds = binds
      self.parameters = parameters
      self.differences = differences
    }
  }

  private struct Kind: Hashable {
    let service: String
    let outcome: String
  }

  private struct State {
    var counts: [Kind: Int] = [:]
    var differences: [Difference] = []
  }

  /// Of a service, in the database.
  private static let keptMax = 100
  /// Between two tellings.
  private static let differencesMax = 100

  private let state = Mutex(State())

  package init() {}

  package func count(service: String, outcome: String) {
    state.withLock { $0.counts[Kind(service: service, outcome: outcome), default: 0] += 1 }
  }

  /// Beyond a number they are only counted.
  package func keep(_ difference: Difference) {
    state.withLock { if $0.differences.count < Self.differencesMax { $0.differences.append(difference) } }
  }

  /// What cannot be told now is told the next time, but for the differences' text.
  package func tell(_ database: any Database) async throws {
    let (counts, differences) = state.withLock { state in
      defer { state = State() }
      return (state.counts, state.differences)
    }
    guard !counts.isEmpty else { return }
    do {
      try await database.transaction { session in
        let kinds = counts.sorted { ($0.key.service, $0.key.outcome) < ($1.key.service, $1.key.outcome) }
        _ = try await session.query(
          Statement(file: PackageResources.shadow_counts_add_sql),
          [.array(kinds.map(\.key.service)), .array(kinds.map(\.key.outcome)), .array(kinds.map(\.value))])
        for difference in differences {
          _ = try await session.query(
            Statement(file: PackageResources.shadow_differences_add_sql),
            [
              .text(difference.service), .text(difference.path), .text(difference.subject),
              .array(difference.binds), .text(difference.parameters), .text(difference.differences),
            ])
        }
        for service in Set(differences.map(\.service)).sorted() {
          _ = try await session.query(
            Statement(file: PackageResources.shadow_differences_trim_sql), [.text(service), .integer(Self.keptMax)])
        }
      }
    } catch {
      state.withLock { $0.counts.merge(counts, uniquingKeysWith: +) }
      throw error
    }
  }

  package static func find(_ token: String, in database: any Database) async throws(DatabaseError) -> Rows {
    try await database.query(Statement(file: PackageResources.shadow_difference_sql), [.text(token)])
  }

  /// Newest first.
  package static func list(
    of service: String, limit: Int, in database: any Database
  ) async throws(DatabaseError) -> Rows {
    try await database.query(
      Statement(file: PackageResources.shadow_differences_list_sql), [.text(service), .integer(limit)])
  }
}
