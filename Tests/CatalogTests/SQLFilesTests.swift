import EventLoop
import SQL
import Testing
import TestSupport

@Suite struct SQLFilesTests {
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
    #expect(SQLFile.scripts.isSubset(of: names))
    #expect(SQLFile.scripts == Set(SQLFile.all.filter { $0.text.contains(";\n") }.map(\.baseName)))
  }

  @Test("every statement takes and gives what its header says", arguments: SQLFile.all.filter { !$0.isScript })
  func agreesWithHeader(file: SQLFile) async throws {
    try await onLoop { loop in
      let stage = try await Stage.empty(on: loop)
      defer { stage.close() }
      try await stage.pool.transaction { session in
        _ = try await session.query(Statement("PREPARE probe AS \(file.text)"))
        let types = try await session.query(
          Statement("SELECT unnest(parameter_types)::text FROM pg_prepared_statements WHERE name = 'probe'"))
        let taken = (0..<types.count).map { types.string(row: $0, column: 0) }
        #expect(taken == file.takes, "takes")
        guard !file.gives.isEmpty else { return }
        let binds = taken.map { _ in Bind.null }
        let names = try await session.query(Statement(file.text), binds).columns.map(\.name)
        #expect(names == file.gives.map(\.name), "gives")
        guard names == file.gives.map(\.name) else { return }
        _ = try await session.query(Statement(Self.typesFunction(file, taken.compactMap(\.self))))
        let given = try await session.query(Statement("SELECT unnest(pg_temp.types_given())"))
        #expect((0..<given.count).map { given.string(row: $0, column: 0) } == file.gives.map(\.type), "gives")
        throw Done()
      }
    }
  }

  private struct Done: Error {}

  /// PostgreSQL 15 does not list the result types of prepared statements: a record that holds a row knows them.
  private static func typesFunction(_ file: SQLFile, _ types: [String]) -> String {
    let binds = types.isEmpty ? "" : " USING \(types.map { "NULL::\($0)" }.joined(separator: ", "))"
    let columns = file.gives.map { "pg_typeof(r.\"\($0.name)\")::text" }.joined(separator: ", ")
    return """
      CREATE FUNCTION pg_temp.types_given() RETURNS text[] LANGUAGE plpgsql AS $types$
      DECLARE
        r record;
      BEGIN
        EXECUTE $file$\(file.text)$file$ INTO r\(binds);
        RETURN ARRAY[\(columns)];
      END
      $types$
      """
  }
}
