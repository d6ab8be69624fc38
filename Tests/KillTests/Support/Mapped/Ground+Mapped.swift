import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// The same for a migration that is a mapping, which has a judge of its own: a model of its README.
struct MappedGround<Case: MappedCase> {
  let ground: Ground

  var server: OwnServer { ground.server }

  static func open(on loop: EventLoop) async throws -> Ground {
    let ground = Ground(server: try await OwnServer.start(on: loop), loop: loop)
    let pool = ground.pool()
    defer { pool.close() }
    let migration = Case.migration
    try await pool.run(
      script: """
        CREATE SCHEMA \(migration.schema.quoted);
        \(([migration.sample.oldSchema.text] + Case.homes).joined(separator: ";\n"))
        """)
    try await ControlStore(database: pool, migrations: [Ground.migration, migration]).prepare()
    _ = try await pool.transaction { try await Creation(migration, by: Phases.Actor("test")).run(in: $0) }
    try await pool.run(script: Journal.script)
    return ground
  }

  static func tables(_ names: [String]) -> String {
    names.map { Case.migration.schema.qualified($0) }.joined(separator: ", ")
  }

  /// As right after `create`, with these old rows.
  func reset(_ rows: [String]) async throws {
    let tables = Self.tables(Case.migration.oldTables.map(\.name) + Case.migration.newTables.map(\.name))
    try await server.run(
      """
      BEGIN;
      SET LOCAL switchyard.is_restoring = 'on';
      TRUNCATE \(tables), switchyard.jobs, switchyard.skipped_rows, switchyard.repair_queue,
        switchyard.verifications, switchyard.differences, switchyard.explained_rows, switchyard.phase_moves,
        switchyard.own_scans, journal.batches RESTART IDENTITY;
      UPDATE switchyard.migrations SET phase = 'dual_writing', dual_write = true;
      \(rows.joined(separator: ";\n"));
      COMMIT
      """)
  }

  func model() async throws -> Case.Model { try await Case.model { try await server.rows($0) } }

  func lines() async throws -> Set<String> { try await Case.lines { try await server.rows($0) } }

  /// Nothing lost, doubled or stale, no row on record that is copied, and no job left behind.
  func expectCopied(_ name: String) async throws {
    let (model, lines) = (try await model(), try await lines())
    #expect(Self.some(model.lines.subtracting(lines)) == [], "\(name): missing")
    #expect(Self.some(lines.subtracting(model.lines)) == [], "\(name): too much")
    let skipped = try await server.lines("SELECT table_name, id, key, reason FROM switchyard.skipped_rows")
    #expect(Set(skipped) == Set(model.skipped.map { "\($0.table) \($0.id) \($1.key) \($1.reason!)" }), "\(name)")
    #expect(try await server.lines("SELECT kind, state FROM switchyard.jobs WHERE state <> 'done'") == [], "\(name)")
  }

  static func some(_ lines: Set<String>) -> [String] { Array(lines.sorted().prefix(5)) }

  func run(_ command: String) async throws -> Command.End {
    try await ground.run(command, "--migration", Case.migration.name)
  }

  func verify(_ name: String) async throws {
    let end = try await run("verify")
    #expect(end.isDone && end.printed.contains(": equal"), "\(name): \(end.printed)")
  }
}
