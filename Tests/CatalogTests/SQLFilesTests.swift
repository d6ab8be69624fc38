import Catalog
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

@Suite(.serialized) struct SQLFilesTests {
  @Test("every file of SQL has a header, in order, under a name of its own")
  func headers() {
    #expect(SQLFile.all.count >= 44)
    for file in SQLFile.all {
      #expect(file.name == file.baseName, "\(file.path)")
      #expect(file.text.hasPrefix("-- name: \(file.baseName)\n"), "\(file.path)")
      #expect(file.value("why")?.isEmpty == false, "\(file.path)")
      let keys = file.header.map(\.key)
      #expect(keys == SQLFile.keys.filter(keys.contains), "\(file.path): each key once, in order")
      #expect(file.takes != nil, "\(file.path): parameters are numbered from $1")
      let body = file.text.split(separator: "\n").filter { !$0.hasPrefix("--") }
      #expect(!body.isEmpty, "\(file.path)")
    }
    let names = SQLFile.all.compactMap(\.name)
    #expect(Set(names).count == names.count)
    #expect(SQLFile.scripts.union(SQLFile.parts).isSubset(of: names), "nothing is listed that is gone")
    #expect(SQLFile.all.allSatisfy { !$0.text.contains(";\n") || $0.isScript }, "every script is listed")
    #expect(SQLFile.all.allSatisfy { !$0.statement.contains("-- include") }, "every part is put in")
  }

  @Test("every statement takes and gives what its header says")
  func statementsAgreeWithTheirHeaders() async throws {
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      for migration in [ContentPipeline.migration(), SocialPosts.migration()] {
        try await stage.run("CREATE SCHEMA \(migration.schema.name)")
        let scripts = [migration.sample.oldSchema] + migration.expansion.create
        for script in scripts { try await stage.transaction(script) }
      }
      for file in SQLFile.all where !file.isScript && !file.isPart {
        do {
          try await stage.pool.transaction { session in
            try await Self.compare(file, in: session)
            throw RolledBack()
          }
        } catch is RolledBack {
        } catch { Issue.record("\(file.path): \(error)") }
      }
    }
  }

  private struct RolledBack: Error {}

  private static func compare(_ file: SQLFile, in session: any Session) async throws {
    _ = try await session.query(Statement("PREPARE probe AS \(file.statement)"))
    let types = try await session.query(
      Statement("SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'probe'"))
    let taken = (0..<types.count).compactMap { types.string(row: $0, column: 0) }
    #expect(taken == file.takes, "\(file.baseName) takes")
    _ = try await session.query(Statement("DEALLOCATE probe"))
    guard !file.gives.isEmpty else { return }
    _ = try await session.query(Statement("SAVEPOINT once"))
    let names = try await session.query(Statement(file.statement), taken.map { Self.sample($0, of: file) }).columns.map(
      \.name)
    _ = try await session.query(Statement("ROLLBACK TO SAVEPOINT once"))
    #expect(names == file.gives.map(\.name), "\(file.baseName) gives")
    _ = try await session.query(Statement(typesFunction(file, taken)))
    let given = try await session.query(Statement("SELECT unnest(pg_temp.types_given())"))
    #expect(
      (0..<given.count).map { given.string(row: $0, column: 0) } == file.gives.map(\.type), "\(file.baseName) gives")
  }

  /// Of a type, a value that is nobody's.
  private static func sample(_ type: String, of file: SQLFile) -> Bind {
    switch type {
    case "json" where file.value("takes")?.contains("json rows") == true: .text("[]")
    case "bigint", "integer", "numeric": .integer(0)
    case "boolean": .boolean(false)
    case "json", "jsonb": .text("{}")
    case "text": .text("x")
    case _ where type.hasSuffix("[]"): .text("{}")
    default: .null
    }
  }

  /// PostgreSQL 15 does not list the result types of prepared statements: a record that holds a row knows them.
  private static func typesFunction(_ file: SQLFile, _ types: [String]) -> String {
    let binds =
      types.isEmpty
      ? ""
      : " USING \(types.map { "\(sample($0, of: file).text.map { "'\($0)'" } ?? "NULL")::\($0)" }.joined(separator: ", "))"
    let columns = file.gives.map { "pg_typeof(r.\"\($0.name)\")::text" }.joined(separator: ", ")
    return """
      CREATE FUNCTION pg_temp.types_given() RETURNS text[] LANGUAGE plpgsql AS $types$
      DECLARE
        r record;
      BEGIN
        EXECUTE $file$\(file.statement)$file$ INTO r\(binds);
        RETURN ARRAY[\(columns)];
      END
      $types$
      """
  }
}
