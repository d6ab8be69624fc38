package import SQL

/// Comparing new rows with what old rows say.
extension RowMapping {
  /// - Parameter subject: what the services are about; there is only one, and every key is its own.
  package func parity(ofOnly subject: String) -> Parity {
    let keys =
      oldTables.map { "SELECT t.\($0.key) AS key FROM \(schema.qualified($0.name)) t" }
      + tables.filter { !$0.isShared }.map { "SELECT t.\($0.key) FROM \(schema.qualified($0.name)) t" }
    return parity(
      subjects: Statement("SELECT '\(subject)'"),
      keys: Statement(
        """
        SELECT k.key FROM (\(keys.joined(separator: "\nUNION\n"))) k WHERE $1::text = '\(subject)' ORDER BY k.key
        """))
  }

  /// - Parameters:
  ///   - subjects: all of them, in order.
  ///   - keys: `$1` is a subject: the keys of its old and its new rows.
  package func parity(subjects: Statement, keys: Statement) -> Parity {
    Parity(
      fingerprints: fingerprints, differences: differences, explained: explained, newSizes: newSizes,
      subjects: subjects, subjectKeys: keys)
  }

  private var placed: [(place: Int, table: Table)] { tables.enumerated().map { ($0.offset, $0.element) } }

  /// `wanted_<table>` and `actual_<table>`, with the same columns in the same order. Rows of a shared table that no key
  /// wants are no difference.
  private var sides: String {
    tables.map { table in
      let name = schema.qualified(table.name)
      let (wanted, actual) = (table.columns(table.columns, of: "e"), table.columns(table.columns, of: "t"))
      return table.isShared
        ? """
        wanted_\(table.name) AS (SELECT e.\(table.key), \(wanted) FROM expected_\(table.name) e),
        actual_\(table.name) AS (
          SELECT w.\(table.key), \(actual)
          FROM wanted_\(table.name) w JOIN \(name) t ON \(table.isSame("t", "w"))),

        """
        : """
        wanted_\(table.name) AS (SELECT \(wanted) FROM expected_\(table.name) e),
        actual_\(table.name) AS (SELECT \(actual) FROM \(name) t WHERE t.\(table.key) = ANY ($1::bigint[])),

        """
    }.joined()
  }

  /// By a row's bytes, as it would be sent: hashes of numbers know no sign, and those of JSON take an empty list for NULL.
  private var fingerprints: Statement {
    let pairs = placed.map { place, table in
      let identity = table.place.joined(separator: ", ")
      func hashed(_ rows: String) -> String {
        "SELECT \(identity), hash_record_extended(ROW(record_send(r)), 0) AS hash FROM \(rows)_\(table.name) r"
      }
      return """
        SELECT \(place) AS place, \(table.key) AS key, e.hash AS expected, a.hash AS actual
        FROM (\(hashed("wanted"))) e
        FULL JOIN (\(hashed("actual"))) a USING (\(identity))
        """
    }
    let names = placed.map { "(\($0.place), '\($0.table.name)')" }.joined(separator: ", ")
    return Statement(
      """
      \(with(check))
      \(sides)pairs AS (\(pairs.joined(separator: "\nUNION ALL\n"))),
      fingerprints AS (
        SELECT
          p.place, p.key, count(p.expected) AS expected_rows, count(p.actual) AS actual_rows,
          count(*) FILTER (WHERE p.expected IS NOT NULL AND p.expected IS DISTINCT FROM p.actual) AS rows_to_write,
          bool_or(p.expected IS DISTINCT FROM p.actual) AS differs
        FROM pairs p
        GROUP BY p.place, p.key)
      SELECT
        t.name AS table_name,
        coalesce(sum(f.expected_rows), 0)::bigint AS expected_rows,
        coalesce(sum(f.actual_rows), 0)::bigint AS actual_rows,
        coalesce(sum(f.rows_to_write), 0)::bigint AS rows_to_write,
        coalesce(array_agg(f.key ORDER BY f.key) FILTER (WHERE f.differs), '{}') AS differing,
        (SELECT count(*) FROM (SELECT FROM fingerprints k GROUP BY k.key HAVING NOT bool_or(k.differs)) u) AS unchanged
      FROM (VALUES \(names)) t (place, name)
      LEFT JOIN fingerprints f ON f.place = t.place
      GROUP BY t.place, t.name
      ORDER BY t.place
      """)
  }

  /// A row that one side only has is told whole, and so is one whose difference JSON cannot say.
  private var differences: Statement {
    let pairs = placed.map { place, table in
      let members = table.place.dropFirst().map { "coalesce(to_jsonb(e), to_jsonb(a)) ->> '\($0)'" }
      let columns = table.others.map { "'\($0)'" }.joined(separator: ", ")
      return """
        SELECT
          \(place) AS place, '\(table.name)' AS table_name, coalesce(e.\(table.key), a.\(table.key)) AS key,
          \(members.isEmpty ? "NULL" : "concat_ws(' ', \(members.joined(separator: ", ")))") AS member,
          e.\(table.key) IS NULL OR a.\(table.key) IS NULL AS is_alone,
          to_jsonb(e) AS old, to_jsonb(a) AS new, ARRAY[\(columns)] AS columns
        FROM wanted_\(table.name) e
        FULL JOIN actual_\(table.name) a ON \(table.isAtSamePlace("e", "a"))
        WHERE e.\(table.key) IS NULL OR a.\(table.key) IS NULL OR e::record *<> a::record
        """
    }
    return Statement(
      """
      \(with(check))
      \(sides)differing AS (\(pairs.joined(separator: "\nUNION ALL\n"))),
      named AS (
        SELECT d.place, d.table_name, d.key, d.member, 0 AS column_place, NULL AS column_name, d.old, d.new
        FROM differing d
        WHERE d.is_alone OR NOT EXISTS (
          SELECT FROM unnest(d.columns) c (name) WHERE d.old ->> c.name IS DISTINCT FROM d.new ->> c.name)
        UNION ALL
        SELECT d.place, d.table_name, d.key, d.member, c.place, c.name, d.old -> c.name, d.new -> c.name
        FROM differing d
        CROSS JOIN LATERAL unnest(d.columns) WITH ORDINALITY c (name, place)
        WHERE NOT d.is_alone AND d.old ->> c.name IS DISTINCT FROM d.new ->> c.name)
      SELECT n.table_name, n.key, n.member, n.column_name, n.old::json AS old, n.new::json AS new
      FROM named n
      ORDER BY n.key, n.place, n.member, n.column_place
      """)
  }

  /// No row makes answers differ although it is copied, so no subject is told.
  private var explained: Statement {
    Statement(
      """
      \(with(check))
      explained AS (SELECT j.table_name, j.id, j.key, j.reason, j.is_skipped FROM judged j WHERE j.reason IS NOT NULL)
      SELECT e.table_name, e.id, e.key, e.reason, e.is_skipped, NULL::text[] AS subjects
      FROM explained e
      ORDER BY e.table_name COLLATE "C", e.id
      """)
  }

  /// What a row's index entries and page take besides its values, about.
  private static let rowOverhead = 60

  private var newSizes: Statement {
    let sizes = placed.map { place, table in
      "SELECT \(place) AS place, '\(table.name)' AS table_name, pg_column_size(e) AS bytes FROM (SELECT DISTINCT \(table.columns(table.columns, of: "x")) FROM expected_\(table.name) x) e"
    }
    return Statement(
      """
      \(with(check))
      sizes AS (\(sizes.joined(separator: "\nUNION ALL\n")))
      SELECT s.table_name, count(*) AS new_rows, sum(s.bytes + \(Self.rowOverhead))::bigint AS bytes
      FROM sizes s
      GROUP BY s.place, s.table_name
      ORDER BY s.place
      """)
  }
}
