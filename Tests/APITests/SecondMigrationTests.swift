import Catalog
import HTTP
import JSON
import Postgres
import TestSupport
import Testing

/// What the admin's calls say of a second migration: where its tables are, and where they are not.
@Suite struct SecondMigrationTests {
  private static let admin = Client.asAdmin

  @Test("a database without its tables does not show its flags, nor its status, and its services are not there")
  func absent() async throws {
    try await withClient { client in
      let flags = try await client.get("/api/admin/flags", Self.admin).text
      #expect(flags.contains("dashboard") && !flags.contains("learning"))
      let migrations = try await client.get("/api/admin/migrations", Self.admin).text
      #expect(migrations.contains(#""name":"brand-metrics""#) && !migrations.contains("content-pipeline"))
      let comparison = try await client.get("/api/admin/comparison", Self.admin).text
      #expect(comparison.contains("dashboard") && !comparison.contains("learning"))
      #expect(try await client.get("/api/content/queue").status == 404)
    }
  }

  @Test("its flags and its status are shown, and rows that are skipped are listed by table")
  func present() async throws {
    try await withClient(ContentRoutesTests.database(2)) { client in
      let flags = try await client.get("/api/admin/flags", Self.admin).json()
      #expect(
        flags["services"]?.array?.suffix(4).map { $0["service"]?.string } == [
          "queue", "history", "engagement", "learning",
        ])
      let migrations = try await client.get("/api/admin/migrations", Self.admin).json()
      #expect(migrations["migrations"]?.array?.map { $0["name"]?.string } == ["brand-metrics", "content-pipeline"])
      let path = "/api/admin/skipped-rows/content-pipeline"
      let tables = ["content_metadata", "outcomes"]
      for table in tables {
        let rows = try await client.get("\(path)?table=\(table)", Self.admin).json()["skipped"]?.array ?? []
        #expect(!rows.isEmpty && rows.allSatisfy { $0["table"]?.string == table && $0["decision_id"] != nil })
      }
      let first = try await client.get(path, Self.admin)
      let named = try await client.get("\(path)?table=content_metadata", Self.admin)
      #expect(first.body == named.body)
      #expect(try await client.get("\(path)?table=extracted_positions", Self.admin).status == 400)
    }
  }

  @Test("dual write is turned for the migration that is named, else for the default one")
  func dualWrite() async throws {
    try await withClient(ContentRoutesTests.database(3)) { client in
      let changes: [(body: String, status: Int, isOn: Bool)] = [
        (#"{"dual_write":false,"migration":"content-pipeline"}"#, 200, false),
        // brand-metrics has no new tables here.
        (#"{"dual_write":true}"#, 409, false),
        (#"{"dual_write":true,"migration":"nothing"}"#, 400, false),
        (#"{"dual_write":true,"migration":"content-pipeline"}"#, 200, true),
      ]
      for (body, status, isOn) in changes {
        let answer = try await client.admin(.patch, "/api/admin/flags", body)
        #expect(answer.status == status, "\(body)")
        let migration = try await client.get("/api/admin/migrations/content-pipeline", Self.admin)
        #expect(migration.text.contains("\"dual_write\":\(isOn)"), "\(body)")
      }
    }
  }
}
