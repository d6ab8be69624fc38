import Migration
import SQL

/// How long a backfill rests between two batches, so that readers, replicas and the archive keep up.
///
/// It stops above a mark and goes on below a lower one, so that it does not swing between the two.
struct Throttle {
  struct Signals: Equatable {
    /// How far the slowest replica is behind.
    var replicaLagMilliseconds = 0
    /// WAL files wait and the last attempt to archive one failed.
    var isArchiverFailing = false
    /// The slowest twentieth of the dashboards' requests, of all servers; nil: there are none.
    var foregroundMilliseconds: Int?
  }

  private static let lagMillisecondsMax = 2_000
  private static let lagMillisecondsLow = 500
  /// Against the first time it was measured.
  private static let slowdownMax = 2.0
  private static let slowdownLow = 1.5
  /// Requests as quick as this are no reason to rest.
  private static let foregroundMillisecondsFine = 20
  private static let restMilliseconds = 1_000

  private var isHolding = false
  private var foregroundAtFirst: Int?

  mutating func rest(in database: any Database) async throws -> Int {
    let rows = try await database.query(Statement(file: PackageResources.throttle_signals_sql))
    return rest(
      Signals(
        replicaLagMilliseconds: rows.integer(row: 0, column: 0) ?? 0,
        isArchiverFailing: rows.boolean(row: 0, column: 1),
        foregroundMilliseconds: rows.integer(row: 0, column: 2)))
  }

  /// Milliseconds to rest before the next batch.
  mutating func rest(_ signals: Signals) -> Int {
    if foregroundAtFirst == nil { foregroundAtFirst = signals.foregroundMilliseconds }
    let lagMark = isHolding ? Self.lagMillisecondsLow : Self.lagMillisecondsMax
    let slowdownMark = isHolding ? Self.slowdownLow : Self.slowdownMax
    isHolding =
      signals.isArchiverFailing || signals.replicaLagMilliseconds > lagMark
      || slowdown(signals) > slowdownMark
    return isHolding ? Self.restMilliseconds : 0
  }

  private func slowdown(_ signals: Signals) -> Double {
    guard let now = signals.foregroundMilliseconds, let first = foregroundAtFirst,
      now > Self.foregroundMillisecondsFine
    else { return 1 }
    return Double(now) / Double(max(1, first))
  }
}
