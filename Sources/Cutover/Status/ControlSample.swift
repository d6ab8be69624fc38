package import Migration
package import SQL

/// What the metrics tell of the database at one moment. Ages in seconds.
package struct ControlSample: Sendable {
  package struct Move: Sendable {
    package let migration: String
    package let phase: String
    package let isDualWriting: Bool
    /// Results that await repair.
    package let queued: Int
    /// Of the one that has waited longest.
    package let queueAge: Double?
    /// How long nobody has read the old tables; nil: not watched of late.
    package let unread: Double?
    /// By the latest verification that counts.
    package let isEqual: Bool?
    /// nil: there is no view, or none yet.
    package internal(set) var view: View?
  }

  package struct View: Sendable {
    package let dirtyCells: Int
    /// No cell has been dirty for longer.
    package let dirtyAge: Double
  }

  /// The latest one of its kind.
  package struct LatestJob: Sendable {
    package let migration: String
    package let kind: String
    package let state: String
    /// From 0 to 1.
    package let progress: Double
    package let secondsLeft: Int?
  }

  /// A job that waits because somebody wants it to.
  package static let paused = "paused"

  package let flagEpoch: Int
  /// That serve this database.
  package let processes: Int
  package let moves: [Move]
  package let jobs: [LatestJob]
}

/// Takes samples for the metrics, one after the other.
package final class ControlSampler {
  private let migrations: [Migration]
  private let database: any Database
  /// When no cell of a view was dirty, by the view's name.
  private var lastClean: [String: ContinuousClock.Instant] = [:]

  package init(_ migrations: [Migration], database: any Database) {
    self.migrations = migrations
    self.database = database
  }

  package func sample() async throws(DatabaseError) -> ControlSample {
    let migrations = try await migrations.here(in: database)
    let names = Bind.array(migrations.map(\.name))
    let rows = try await database.read([
      (
        Statement(file: PackageResources.serving_sample_sql),
        [.array(migrations.flatMap(\.services).map(\.name))]
      ),
      (Statement(file: PackageResources.control_sample_sql), [names]),
      (Statement(file: PackageResources.jobs_sample_sql), [names]),
    ])
    var moves: [ControlSample.Move] = []
    for row in 0..<rows[1].count {
      var move = ControlSample.Move(rows[1], row)
      if let view = migrations.first(where: { $0.name == move.migration })?.view, let age = rows[1].seconds(row, 3) {
        move.view = try await sample(view, age: age)
      }
      moves.append(move)
    }
    return ControlSample(
      flagEpoch: rows[0].integer(row: 0, column: 0) ?? 0, processes: rows[0].integer(row: 0, column: 1) ?? 0,
      moves: moves, jobs: (0..<rows[2].count).map { ControlSample.LatestJob(rows[2], $0) })
  }

  /// A refresh takes away what it saw. So what is dirty is younger than the last refresh, and than the last look that
  /// found nothing dirty.
  /// - Parameter age: seconds since the new tables were made.
  private func sample(_ view: RefreshedView, age: Double) async throws(DatabaseError) -> ControlSample.View? {
    let looked = ContinuousClock.now
    let rows: Rows
    do { rows = try await database.query(view.backlog) } catch  where error.state == .undefinedTable {
      // They were removed since.
      return nil
    }
    let dirty = rows.integer(row: 0, column: 0) ?? 0
    guard dirty > 0 else {
      lastClean[view.name] = looked
      return ControlSample.View(dirtyCells: 0, dirtyAge: 0)
    }
    let sinceRefresh = rows.seconds(0, 1) ?? age
    let sinceClean = lastClean[view.name].map { (ContinuousClock.now - $0) / .seconds(1) }
    return ControlSample.View(dirtyCells: dirty, dirtyAge: min(sinceRefresh, sinceClean ?? sinceRefresh))
  }
}

extension ControlSample.Move {
  fileprivate init(_ rows: Rows, _ row: Int) {
    migration = rows.string(row: row, column: 0) ?? ""
    phase = rows.string(row: row, column: 1) ?? ""
    isDualWriting = rows.boolean(row: row, column: 2)
    queued = rows.integer(row: row, column: 4) ?? 0
    queueAge = rows.seconds(row, 5)
    unread = rows.seconds(row, 6)
    isEqual = rows.isNull(row: row, column: 7) ? nil : rows.boolean(row: row, column: 7)
  }
}

extension ControlSample.LatestJob {
  fileprivate init(_ rows: Rows, _ row: Int) {
    migration = rows.string(row: row, column: 0) ?? ""
    kind = rows.string(row: row, column: 1) ?? ""
    state = rows.string(row: row, column: 2) ?? ""
    let (done, total) = (rows.integer(row: row, column: 3) ?? 0, rows.integer(row: row, column: 4) ?? 0)
    progress = state == Job.State.done.rawValue ? 1 : total > 0 ? min(1, Double(done) / Double(total)) : 0
    secondsLeft = rows.integer(row: row, column: 5)
  }
}

extension Rows {
  /// Not negative, although clocks of sessions differ a little.
  fileprivate func seconds(_ row: Int, _ column: Int) -> Double? {
    string(row: row, column: column).flatMap { Double($0) }.map { max(0, $0) }
  }
}
