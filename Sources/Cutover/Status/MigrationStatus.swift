package import Migration
package import SQL

/// Everything about a migration on one screen.
package struct MigrationStatus: Sendable {
  package struct Table: Sendable {
    package let name: String
    package let isNew: Bool
    /// Counted where the table is small, else as PostgreSQL last estimated them; nil: it never did.
    package let rows: Int?
    package let bytes: Int
    package let indexBytes: Int
  }

  /// What the migration has to say of its new tables.
  package struct Note: Sendable {
    package let name: String
    package let state: String
    package let detail: String
  }

  package struct Move: Sendable {
    package let at: String
    package let step: String
    package let from: String
    package let to: String
    package let by: String
    package let reason: String?
    package let isForced: Bool
  }

  package struct Next: Sendable {
    /// Of the move, such as `stop-old-writes` or `dual-write-off`.
    package let step: String
    package let to: Phase
    /// Empty: it may be taken now.
    package let missing: [String]
  }

  package struct DayOfReads: Sendable {
    package let day: String
    package let old: Int
    package let new: Int
  }

  package let name: String
  package let phase: Phase
  package let evidence: Evidence
  package let tables: [Table]
  package let notes: [Note]
  package let moves: [Move]
  package let next: [Next]
  package let reads: [DayOfReads]
  /// As the jobs' API shows them, newest first.
  package let jobs: Rows
  /// Of the job under way, as JSON; nil: there is none.
  package let progress: String?
  package let skipped: [(reason: String, rows: Int)]

  private static let movesMax = 50
  private static let jobsMax = 10
  /// Rows of a table with more bytes than these are not counted.
  private static let countedBytesMax = 128 << 20

  package static func read(_ migration: Migration, _ database: any Database) async throws -> MigrationStatus {
    try await OwnScans(migration).transaction(database) { session in
      let phases = Phases(migration)
      let phase = try await phases.current(in: session)
      let evidence = try await phases.evidence(in: session)
      let next = PhaseMove.all.filter { $0.from == phase }.map { move in
        Next(
          step: move.name, to: move.to,
          missing: move.needs.compactMap { evidence.missing($0, of: migration) })
      }
      let jobs = try await session.query(
        Statement(file: PackageResources.jobs_list_sql), [.text(migration.name), .integer(Self.jobsMax)])
      let underWay = (0..<jobs.count).first { jobs.string(row: $0, column: 2) == Job.State.running.rawValue }
      return MigrationStatus(
        name: migration.name, phase: phases.shown(phase, evidence), evidence: evidence,
        tables: try await tables(migration, session),
        notes: phase == .planned ? [] : try await notes(migration, session), moves: try await moves(migration, session),
        next: next, reads: try await reads(migration, session),
        jobs: jobs, progress: underWay.flatMap { jobs.string(row: $0, column: 6) },
        skipped: evidence.skipped.map { ($0.reason, $0.rows) })
    }
  }

  private static func tables(_ migration: Migration, _ session: any Session) async throws(DatabaseError) -> [Table] {
    let old = migration.oldTables.flatMap { [$0.name, $0.archived] }
    let names = old + migration.newTables.map(\.name) + (migration.view.map { [$0.name] } ?? [])
    let rows = try await session.query(
      Statement(file: PackageResources.table_sizes_sql),
      [.array(names), .array(names.map(migration.schema.qualified))])
    var tables: [Table] = []
    for row in 0..<rows.count {
      let name = rows.string(row: row, column: 0) ?? ""
      var count = rows.integer(row: row, column: 1)
      if rows.integer(row: row, column: 2) ?? 0 <= countedBytesMax {
        count = try await session.query(Statement("SELECT count(*) FROM \(migration.schema.qualified(name))")).integer(
          row: 0, column: 0)
      }
      tables.append(
        Table(
          name: name, isNew: !old.contains(name), rows: count, bytes: rows.integer(row: row, column: 3) ?? 0,
          indexBytes: rows.integer(row: row, column: 4) ?? 0))
    }
    return tables
  }

  private static func notes(_ migration: Migration, _ session: any Session) async throws(DatabaseError) -> [Note] {
    guard let notes = migration.notes else { return [] }
    let rows = try await session.query(notes)
    return (0..<rows.count).map { row in
      func text(_ column: Int) -> String { rows.string(row: row, column: column) ?? "" }
      return Note(name: text(0), state: text(1), detail: text(2))
    }
  }

  private static func moves(_ migration: Migration, _ session: any Session) async throws(DatabaseError) -> [Move] {
    let rows = try await session.query(
      Statement(file: PackageResources.phase_moves_sql), [.text(migration.name), .integer(movesMax)])
    return (0..<rows.count).map { row in
      func text(_ column: Int) -> String { rows.string(row: row, column: column) ?? "" }
      return Move(
        at: text(0), step: text(1), from: text(2), to: text(3), by: text(4), reason: rows.string(row: row, column: 5),
        isForced: rows.boolean(row: row, column: 6))
    }
  }

  private static func reads(
    _ migration: Migration, _ session: any Session
  ) async throws(DatabaseError) -> [DayOfReads] {
    let rows = try await session.query(
      Statement(file: PackageResources.reads_by_day_sql), [.array(migration.services.map(\.name))])
    return (0..<rows.count).map { row in
      DayOfReads(
        day: rows.string(row: row, column: 0) ?? "", old: rows.integer(row: row, column: 1) ?? 0,
        new: rows.integer(row: row, column: 2) ?? 0)
    }
  }
}
