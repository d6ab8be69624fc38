import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import TestSupport
import Testing

/// A database of its own with a migration's old tables, and the engine's parts on top of them.
protocol MigrationStage: SendableMetatype {
  associatedtype Model: OldRowsModel
  associatedtype Change: OldRowsChange

  /// Where the tables are, unless a test says otherwise.
  static var schema: TableSchema { get }
  static func migration(in schema: TableSchema) -> Migration

  var settings: ConnectionSettings { get }
  var pool: Pool { get }
  var loop: EventLoop { get }
  var schema: TableSchema { get }
  var migration: Migration { get }

  init(settings: ConnectionSettings, pool: Pool, loop: EventLoop, schema: TableSchema, migration: Migration)

  func model(refused: Set<OldRowName>, in session: (any Session)?) async throws -> Model
  /// The rows of the new tables, a line for each.
  func newLines(in session: (any Session)?) async throws -> Set<String>
}

extension MigrationStage {
  /// - Parameters:
  ///   - isCreated: with the new tables, and so with the triggers.
  ///   - others: moved in the same database.
  static func open(
    on loop: EventLoop, in schema: TableSchema = Self.schema, isCreated: Bool = true,
    beside others: [Migration] = [BrandMetrics.migration()]
  ) async throws -> Self {
    let stage = join(try await TestPostgres.database(), on: loop, in: schema)
    try await stage.run("CREATE SCHEMA \(schema.quoted)")
    try await stage.pool.run(script: stage.migration.sample.oldSchema.text)
    try await ControlStore(database: stage.pool, migrations: others + [stage.migration]).prepare()
    if isCreated { try await stage.job(.create) }
    return stage
  }

  /// Another process on a stage's database.
  static func join(
    _ settings: ConnectionSettings, on loop: EventLoop, in schema: TableSchema = Self.schema, connections: Int = 4
  ) -> Self {
    var limits = PoolLimits(connectionsMax: connections)
    limits.waitMillisecondsMax = 60_000
    return Self(
      settings: settings, pool: Pool(settings, limits: limits, on: loop), loop: loop, schema: schema,
      migration: migration(in: schema))
  }

  func close() { pool.close() }

  /// Statements one after the other, in one transaction. The schema that SQL files name stands for the stage's.
  func run(_ statements: String...) async throws { try await run(statements) }

  func run(_ statements: [String]) async throws {
    try await pool.run(script: schema.place(in: statements.joined(separator: ";\n")))
  }

  /// As our own writers do: the triggers do not follow.
  func runUnseen(_ statements: [String]) async throws {
    try await run(["SET LOCAL switchyard.is_restoring = 'on'"] + statements)
  }

  func rows(_ text: String, _ binds: [Bind] = []) async throws -> [[String?]] {
    try await rows(text, binds, in: pool)
  }

  func rows(_ text: String, _ binds: [Bind] = [], in session: any Session) async throws -> [[String?]] {
    let rows = try await session.query(Statement(schema.place(in: text)), binds)
    return (0..<rows.count).map { row in rows.columns.indices.map { rows.string(row: row, column: $0) } }
  }

  func value(_ text: String) async throws -> String? { try await rows(text)[0][0] }

  func count(_ source: String) async throws -> Int { Int(try await value("SELECT count(*) FROM \(source)")!)! }

  func model(refused: Set<OldRowName> = []) async throws -> Model { try await model(refused: refused, in: nil) }
  func model(in session: any Session) async throws -> Model { try await model(refused: [], in: session) }
  func newLines() async throws -> Set<String> { try await newLines(in: nil) }

  // MARK: The engine

  static var actor: Phases.Actor { Phases.Actor("test", reason: "test") }

  @discardableResult
  func job(_ kind: Step, _ options: Job.Options = Job.Options(), isForcing: Bool = false) async throws -> String {
    try await JobRunner([BrandMetrics.migration(), migration], database: pool, on: loop).run(
      kind, of: migration, options, by: Phases.Actor("test", reason: "test", isForcing: isForcing))
  }

  @discardableResult
  func backfill(_ batchKeys: Int? = nil, isDry: Bool = false) async throws -> Backfill.Report {
    var options = Job.Options()
    options.batch_size = batchKeys
    if isDry { options.dry_run = true }
    return ControlJSON.value(try await job(.backfill, options))!
  }

  func verify(isRepairing: Bool = false) async throws -> VerificationReport {
    var options = Job.Options()
    if isRepairing { options.repair = true }
    return ControlJSON.value(try await job(.verify, options))!
  }

  /// Also of what would wait until it is tried again.
  func repair() async throws {
    // An entry that an open transaction has taken away is left to it.
    try await run(
      """
      UPDATE switchyard.repair_queue r SET next_attempt_at = now()
      FROM (SELECT q.writer, q.key, q.subject FROM switchyard.repair_queue q FOR UPDATE SKIP LOCKED) f
      WHERE (r.writer, r.key, r.subject) = (f.writer, f.key, f.subject)
      """)
    try await Repair(migration, database: pool).drain()
  }

  /// Keys that await repair, and why.
  func queued(in session: (any Session)? = nil) async throws -> [Int: String] {
    let rows = try await rows(
      "SELECT key, reason FROM switchyard.repair_queue WHERE migration = '\(migration.name)'", in: session ?? pool)
    return Dictionary(rows.map { (Int($0[0]!)!, $0[1]!) }) { first, _ in first }
  }

  /// What is on record of rows that are skipped.
  func skippedRows() async throws -> [OldRowName: OldRowVerdict] {
    var skipped: [OldRowName: OldRowVerdict] = [:]
    try await SkippedRows(migration, database: pool).forEach {
      skipped[$0.row.name] = OldRowVerdict(key: $0.key, reason: $0.reason, isSkipped: true)
    }
    return skipped
  }
}

/// Tells a few of the lines that are missing and that are too much.
func expect(
  _ lines: Set<String>, are expected: Set<String>, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let differences =
    expected.subtracting(lines).sorted().prefix(6).map { "missing: \($0)" }
    + lines.subtracting(expected).sorted().prefix(6).map { "too much: \($0)" }
  #expect(differences == [], "\(what)", sourceLocation: sourceLocation)
}

extension OldRow {
  var name: OldRowName { OldRowName(table: table, id: id) }
}
