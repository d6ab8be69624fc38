package import Observability
package import SQL

/// How both schemas have answered of late, as all processes have told: of whole hours in UTC, the running one the last.
package struct SchemaComparison: Sendable {
  package struct Side: Sendable {
    package let latencies: Latencies
    /// Also requests that the other schema answered in its place, and that are not among its own.
    package let errors: Int

    package var requests: Int { latencies.count }
  }

  package struct Service: Sendable {
    package let name: String
    package let old: Side
    package let new: Side
    package let shadowMatches: Int
    /// Differences that named rows account for.
    package let shadowExplained: Int
    package let shadowMismatches: Int
    /// The newest differences that are kept, as `ShadowLedger.list` gives them; they may be older than the hours.
    package let samples: Rows
  }

  /// What is older than so many hours is forgotten.
  package static let hoursMax = 168
  private static let samplesMax = 5

  /// RFC 3339.
  package let since: String
  package let services: [Service]

  package static func read(
    of services: [String], hours: Int, in database: any Database
  ) async throws(DatabaseError) -> SchemaComparison {
    let span: [Bind] = [.array(services), .integer(hours)]
    // One transaction, so that the hours are the same for all.
    let rows = try await database.read(
      [
        (Statement(file: PackageResources.comparison_services_sql), span),
        (Statement(file: PackageResources.comparison_latencies_sql), span),
      ]
        + services.map {
          (Statement(file: PackageResources.shadow_differences_list_sql), [.text($0), .integer(samplesMax)])
        })
    let (sums, latencies) = (rows[0], ReadTally(latencies: rows[1]).latencies)
    func side(_ service: String, _ schema: String, errors: Int?) -> Side {
      Side(latencies: latencies[.init(service: service, schema: schema)] ?? Latencies(), errors: errors ?? 0)
    }
    return SchemaComparison(
      since: sums.string(row: 0, column: 0) ?? "",
      services: services.enumerated().map { row, name in
        Service(
          name: name, old: side(name, "old", errors: sums.integer(row: row, column: 1)),
          new: side(name, "new", errors: sums.integer(row: row, column: 2)),
          shadowMatches: sums.integer(row: row, column: 3) ?? 0,
          shadowExplained: sums.integer(row: row, column: 4) ?? 0,
          shadowMismatches: sums.integer(row: row, column: 5) ?? 0, samples: rows[2 + row])
      })
  }

  /// Forgets what no comparison shows any more.
  package static func trim(in database: any Database) async throws(DatabaseError) {
    _ = try await database.query(Statement(file: PackageResources.comparison_trim_sql), [.integer(hoursMax)])
  }
}

extension ReadTally {
  /// - Parameter latencies: a service, a schema, a bucket and its requests in each row.
  fileprivate init(latencies rows: Rows) {
    self.init()
    for row in 0..<rows.count {
      guard let service = rows.string(row: row, column: 0), let schema = rows.string(row: row, column: 1),
        let bucket = rows.integer(row: row, column: 2), let requests = rows.integer(row: row, column: 3)
      else { continue }
      var latencies = Latencies()
      latencies.add(requests, in: LatencyBucket(number: bucket))
      add(latencies, of: Side(service: service, schema: schema))
    }
  }
}
