package import Migration
package import SQL

extension [Migration] {
  /// The one that is meant where none is named, and those whose old tables this database has.
  package func here(in session: any Session) async throws(DatabaseError) -> [Migration] {
    let tables = compactMap(\.qualifiedOldTables.first)
    let rows = try await session.query(
      Statement(
        "SELECT to_regclass(t.name) IS NOT NULL FROM unnest($1::text[]) WITH ORDINALITY t (name, place) ORDER BY t.place"
      ),
      [.array(tables)])
    return indices.filter { self[$0].isDefault || rows.boolean(row: $0, column: 0) }.map { self[$0] }
  }
}
