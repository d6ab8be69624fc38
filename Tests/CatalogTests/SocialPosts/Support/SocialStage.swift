import Catalog
import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport

/// A database with the old tables of social-posts, three workspaces and some accounts.
struct SocialStage: MigrationStage {
  typealias Change = SocialChange

  static let schema = SocialPosts.schema
  static func migration(in schema: TableSchema) -> Migration { SocialPosts.migration(in: schema) }

  let settings: ConnectionSettings
  let pool: Pool
  let loop: EventLoop
  let schema: TableSchema
  let migration: Migration

  func model(refused: Set<OldRowName>, in session: (any Session)?) async throws -> SocialModel {
    SocialModel(try await SocialReader.oldRows { try await rows($0, in: session ?? pool) }, refused: refused)
  }

  func newLines(in session: (any Session)?) async throws -> Set<String> {
    try await SocialReader.newLines { try await rows($0, in: session ?? pool) }
  }

  /// Opens a stage, and leaves no role of it on the server.
  static func use(
    in schema: TableSchema = Self.schema, keys: Int, isCreated: Bool = true,
    beside others: [Migration] = [BrandMetrics.migration()],
    _ body: @escaping @Sendable (SocialStage) async throws -> Void
  ) async throws {
    try await onLoop { loop in
      let stage = try await open(on: loop, in: schema, isCreated: false, beside: others)
      defer { stage.close() }
      let result: Result<Void, any Error>
      do {
        try await stage.run(SocialChange.homes(keys))
        if isCreated { try await stage.job(.create) }
        try await body(stage)
        result = .success(())
      } catch { result = .failure(error) }
      let sweeper = join(stage.settings, on: loop, connections: 1)
      defer { sweeper.close() }
      try await sweeper.run(dropRoles)
      try result.get()
    }
  }

  /// Roles are the whole server's; their names tell the database.
  static let tenants = """
    SELECT u.rolname FROM pg_roles u
    WHERE u.rolname ~ ('^switchyard_' || (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()) || '_')
    """

  private static let dropRoles = """
    DO $$
    DECLARE
      tenant NAME;
    BEGIN
      FOR tenant IN \(tenants) LOOP
        EXECUTE format('DROP OWNED BY %I', tenant);
        EXECUTE format('DROP ROLE %I', tenant);
      END LOOP;
    END
    $$
    """
}

typealias SocialSession = StageSession<SocialStage>
