import Migration
import SQL

/// Whether a backfill holds before its next batch, so that readers, replicas and the archive keep up.
///
/// It holds above a mark until the signal is below a lower one, so that it does not swing between the two.
struct Throttle {
  struct Signals: Equatable {
    /// How far the slowest replica is behind; nil: our role may not see it.
    var replicaLagMilliseconds: Int? = 0
    /// WAL that the replicas' slots keep; nil: there are none.
    var slotLagBytes: Int?
    /// WAL files wait and the last attempt to archive one failed.
    var isArchiverFailing = false
    /// The slowest twentieth of the dashboards' requests, of all servers; nil: there are none.
    var foregroundMilliseconds: Int?
    /// Connected ones.
    var replicas = 0
  }

  private static let lagMillisecondsMax = 2_000
  private static let lagMillisecondsLow = 500
  private static let slotLagBytesMax = 128 << 20
  private static let slotLagBytesLow = 32 << 20
  /// Against the first time it was measured.
  private static let slowdownMax = 2.0
  private static let slowdownLow = 1.5
  /// Requests as quick as this are no reason to hold.
  private static let foregroundMillisecondsFine = 20

  private var isHolding = false
  /// A signal that our role may not read, and what to do; nil: all are read.
  private(set) var unreadable: String?
  private var foregroundAtFirst: Int?

  mutating func holds(in database: any Database) async throws -> [String] {
    let rows = try await database.query(Statement(file: PackageResources.throttle_signals_sql))
    let replicas = rows.integer(row: 0, column: 0) ?? 0
    return holds(
      Signals(
        replicaLagMilliseconds: replicas == 0 ? 0 : rows.integer(row: 0, column: 1),
        slotLagBytes: rows.integer(row: 0, column: 2), isArchiverFailing: rows.boolean(row: 0, column: 3),
        foregroundMilliseconds: rows.integer(row: 0, column: 4), replicas: replicas))
  }

  /// What the next batch waits for, a sentence each with how far it is; empty: nothing.
  mutating func holds(_ signals: Signals) -> [String] {
    if signals.replicas > 0, signals.replicaLagMilliseconds == nil {
      let estimate =
        signals.slotLagBytes == nil ? "and no slot shows it either" : "so it was estimated from the WAL that slots keep"
      unreadable = "the lag of replicas cannot be read, \(estimate): GRANT pg_monitor to this role"
    }
    if foregroundAtFirst == nil { foregroundAtFirst = signals.foregroundMilliseconds }
    var causes: [String] = []
    let lagMark = isHolding ? Self.lagMillisecondsLow : Self.lagMillisecondsMax
    if let lag = signals.replicaLagMilliseconds {
      if lag > lagMark {
        causes.append("a replica is \(lag) ms behind; goes on at \(Self.lagMillisecondsLow) ms")
      }
    } else if let bytes = signals.slotLagBytes {
      let mark = isHolding ? Self.slotLagBytesLow : Self.slotLagBytesMax
      if bytes > mark {
        causes.append(
          "a replica is \(bytes >> 20) MB of WAL behind, by its slot; goes on at \(Self.slotLagBytesLow >> 20) MB")
      }
    }
    if signals.isArchiverFailing { causes.append("WAL cannot be archived: see pg_stat_archiver") }
    let slowdown = slowdown(signals)
    if slowdown > (isHolding ? Self.slowdownLow : Self.slowdownMax) {
      causes.append(
        "requests take \(signals.foregroundMilliseconds ?? 0) ms, \(foregroundAtFirst ?? 0) ms before the backfill; goes on at \(Self.slowdownLow) times that"
      )
    }
    isHolding = !causes.isEmpty
    return causes
  }

  private func slowdown(_ signals: Signals) -> Double {
    guard let now = signals.foregroundMilliseconds, let first = foregroundAtFirst,
      now > Self.foregroundMillisecondsFine
    else { return 1 }
    return Double(now) / Double(max(1, first))
  }
}
