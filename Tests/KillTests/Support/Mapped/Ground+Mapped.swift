import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import TestSupport
import Testing

/// The same for the content pipeline, which has a judge of its own: a model of its README.
extension Ground {
  static let content = ContentPipeline.migration()

  static func openContent(on loop: EventLoop) async throws -> Ground {
    let ground = Ground(server: try await OwnServer.start(on: loop), loop: loop)
    let pool = ground.pool()
    defer { pool.close() }
    try await pool.run(script: "CREATE SCHEMA content; \(content.sample.oldSchema.text)")
    try await ground.createContent()
    try await pool.run(script: Journal.script)
    return ground
  }

  private func createContent() async throws {
    let pool = pool()
    defer { pool.close() }
    try await ControlStore(database: pool, migrations: [Self.migration, Self.content]).prepare()
    _ = try await pool.transaction { try await Creation(Self.content, by: Phases.Actor("test")).run(in: $0) }
  }

  /// As right after `create`, with these old rows.
  func resetContent(_ rows: [String]) async throws {
    let tables = (Self.content.oldTables.map(\.name) + Self.content.newTables.map(\.name)).map { "content.\($0)" }
    try await server.run(
      """
      BEGIN;
      SET LOCAL switchyard.is_writing = 'on';
      TRUNCATE \(tables.joined(separator: ", ")), switchyard.jobs, switchyard.skipped_rows, switchyard.repair_queue,
        switchyard.verifications, switchyard.differences, switchyard.explained_rows, switchyard.phase_moves,
        switchyard.own_scans, journal.batches RESTART IDENTITY;
      UPDATE switchyard.migrations SET phase = 'dual_writing', dual_write = true;
      \(rows.joined(separator: ";\n"));
      COMMIT
      """)
  }

  func contentModel() async throws -> ContentModel {
    ContentModel(try await ContentReader.oldRows { try await server.rows($0) })
  }

  func contentLines() async throws -> Set<String> { try await ContentReader.newLines { try await server.rows($0) } }

  /// Nothing lost, doubled or stale, no row on record that is copied, and no job left behind.
  func expectContent(_ name: String) async throws {
    let (model, lines) = (try await contentModel(), try await contentLines())
    #expect(Self.some(model.lines.subtracting(lines)) == [], "\(name): missing")
    #expect(Self.some(lines.subtracting(model.lines)) == [], "\(name): too much")
    let skipped = try await server.lines("SELECT table_name, id, key, reason FROM switchyard.skipped_rows")
    #expect(Set(skipped) == Set(model.skipped.map { "\($0.table) \($0.id) \($1.key) \($1.reason!)" }), "\(name)")
    #expect(try await server.lines("SELECT kind, state FROM switchyard.jobs WHERE state <> 'done'") == [], "\(name)")
  }

  static func some(_ lines: Set<String>) -> [String] { Array(lines.sorted().prefix(5)) }

  func runContent(_ command: String) async throws -> Command.End {
    try await run(command, "--migration", Self.content.name)
  }

  func verifyContent(_ name: String) async throws {
    let end = try await runContent("verify")
    #expect(end.isDone && end.printed.contains(": equal"), "\(name): \(end.printed)")
  }
}
