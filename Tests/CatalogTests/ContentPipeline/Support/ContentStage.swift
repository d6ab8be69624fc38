import Catalog
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport

/// A database with the content pipeline's old tables.
struct ContentStage: MigrationStage {
  typealias Change = ContentChange

  static let schema = ContentPipeline.schema
  static func migration(in schema: TableSchema) -> Migration { ContentPipeline.migration(in: schema) }

  let settings: ConnectionSettings
  let pool: Pool
  let loop: EventLoop
  let schema: TableSchema
  let migration: Migration

  func model(refused: Set<OldRowName>, in session: (any Session)?) async throws -> ContentModel {
    ContentModel(try await ContentReader.oldRows { try await rows($0, in: session ?? pool) }, refused: refused)
  }

  func newLines(in session: (any Session)?) async throws -> Set<String> {
    try await ContentReader.newLines { try await rows($0, in: session ?? pool) }
  }
}

typealias ContentSession = StageSession<ContentStage>
