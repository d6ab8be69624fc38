import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import QueryAdapter
import Rollout
import SQL
import TestSupport

/// The social posts' tables on a server with pgvector or without.
struct VectorStage {
  static let here = "00000000-0000-0000-0000-00000000000a"
  static let there = "00000000-0000-0000-0000-00000000000b"

  let settings: ConnectionSettings
  let pool: Pool
  let loop: EventLoop
  let migration = SocialPosts.migration()

  /// Runs `body` where the old tables are filled; nothing of it stays on the server but the empty database.
  static func with<Result>(
    _ server: TestServer, filledBy fill: [String] = [], isCreated: Bool = true, on loop: isolated EventLoop,
    _ body: (VectorStage) async throws -> Result
  ) async throws -> Result {
    try await with(try await TestPostgres.database(on: server), filledBy: fill, isCreated: isCreated, on: loop, body)
  }

  static func with<Result>(
    _ settings: ConnectionSettings, filledBy fill: [String], isCreated: Bool, on loop: isolated EventLoop,
    _ body: (VectorStage) async throws -> Result
  ) async throws -> Result {
    let stage = VectorStage(
      settings: settings, pool: Pool(settings, limits: PoolLimits(connectionsMax: 2), on: loop), loop: loop)
    defer { stage.pool.close() }
    try await stage.run(["CREATE SCHEMA social"])
    try await stage.pool.run(script: stage.migration.sample.oldSchema.text)
    try await stage.run([
      """
      INSERT INTO social.workspaces (id, name, slug, created_at)
      VALUES ('\(here)', 'Here', 'here', '2025-01-01Z'), ('\(there)', 'There', 'there', '2025-01-01Z')
      """
    ])
    try await stage.run(fill)
    try await ControlStore(database: stage.pool, migrations: [stage.migration]).prepare()
    if isCreated { try await stage.move() }
    do {
      let result = try await body(stage)
      try await stage.dropRoles()
      return result
    } catch {
      try? await stage.dropRoles()
      throw error
    }
  }

  func move() async throws {
    try await job(.create)
    try await job(.backfill)
  }

  func run(_ statements: [String]) async throws { try await pool.run(script: statements.joined(separator: ";\n")) }

  func rows(_ text: String, in session: (any Session)? = nil) async throws -> [[String?]] {
    let rows = try await (session ?? pool).query(Statement(text), [])
    return (0..<rows.count).map { row in rows.columns.indices.map { rows.string(row: row, column: $0) } }
  }

  func value(_ text: String, in session: (any Session)? = nil) async throws -> String? {
    try await rows(text, in: session)[0][0]
  }

  @discardableResult
  func job(_ kind: Step) async throws -> String {
    try await JobRunner([migration], database: pool, on: loop).run(
      kind, of: migration, Job.Options(), by: Phases.Actor("test", reason: "test", isForcing: true))
  }

  func isEqual() async throws -> Bool {
    let report: VerificationReport = ControlJSON.value(try await job(.verify))!
    return report.equal
  }

  /// They are the whole server's.
  private func dropRoles() async throws {
    guard try await value("SELECT to_regclass('social.posts_core')") != nil else { return }
    try await pool.run(script: migration.expansion.remove.text)
  }
}

// MARK: What is asked

extension VectorStage {
  struct Neighbour: Hashable {
    let entity: Int
    let distance: String
  }

  /// The new schema's search itself.
  /// - Parameter scanned: an organization with more vectors is searched by the index; nil: as services ask.
  func neighbours(
    of entity: Int, _ k: Int, in organization: String = here, scanned: Int? = nil, by session: (any Session)? = nil
  ) async throws -> [Neighbour] {
    let most = scanned.map { ", \($0)" } ?? ""
    return try await rows(
      """
      SELECT s.entity_id, s.distance FROM social.similar_posts('\(organization)', \(entity), \(k)\(most)) s
      ORDER BY s.distance, s.entity_id
      """, in: session
    ).map { Neighbour(entity: Int($0[0]!)!, distance: $0[1]!) }
  }

  /// The body of the service `similar` that one schema gives.
  func similar(
    to entity: Int, _ k: Int, in organization: String = here, from schema: Schema
  ) async throws -> String {
    let service = migration.services.first { $0.name == "similar" }!
    let question = Question(
      migration: migration, service: service, endpoint: service.endpoints[0], subject: organization,
      binds: [.text(organization), .integer(entity), .integer(k)],
      echo: [.integer("entity_id", entity), .integer("k", k)], key: "")
    let answer = await QueryAdapter(database: pool, flags: FlagBox()).answer(question, override: schema)
    guard case .body(let bytes, Choice(schema, .override)) = answer else { throw Unexpected(answer: answer) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What `status` says of similar posts.
  func status() async throws -> [String?] {
    let text = SQLFile.all.first { $0.baseName == "social_status" }!.text
    return try await rows(text).first { $0[0] == "similar posts" }!
  }

  struct Unexpected: Error, CustomStringConvertible {
    let answer: QueryAdapter.Answer
    var description: String { "\(answer)" }
  }
}
