import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// What the user who runs social-posts must be allowed.
@Suite struct SocialRoleTests {
  @Test("who may not make roles is told so by create, and nothing is made")
  func withoutRight() async throws {
    let (owner, administrator) = try await TestPostgres.databaseOfItsOwner(on: .installed)
    try await onLoop { loop in
      let pool = Pool(administrator, limits: PoolLimits(connectionsMax: 1), on: loop)
      defer { pool.close() }
      let name = try await pool.query(Statement("SELECT current_database()")).string(row: 0, column: 0)!
      try await VectorStage.with(owner, filledBy: [], isCreated: false, on: loop) { stage in
        try await pool.run(script: "ALTER ROLE \(name) NOCREATEROLE")
        do {
          try await stage.job(.create)
          Issue.record("created")
        } catch {
          #expect("\(error)".contains("\(name) may not make roles: ALTER ROLE \(name) CREATEROLE"), "\(error)")
        }
        let made = try await stage.value("SELECT to_regclass('social.posts_core')")
        #expect(made == nil)
        try await pool.run(script: "ALTER ROLE \(name) CREATEROLE")
        try await stage.move()
        let isEqual = try await stage.isEqual()
        #expect(isEqual)
      }
    }
  }
}
