package import SQL

/// The keys by which rows are moved, in order.
extension Migration {
  /// `$1` is a key, `$2` a limit: the keys that come after it: of old rows, of new rows whose old rows are gone, and of
  /// rows on record as skipped, so that those go too.
  package var nextKeys: Statement { Self.next(oldKeyed + newKeyed + [skipped]) }

  /// The same for keys of old rows. Needs no new table.
  package var oldKeys: Statement { Self.next(oldKeyed) }

  /// How many keys there are up to the key `$1`.
  package var keyCount: Statement {
    let keys = (oldKeyed + newKeyed + [skipped]).map { source in
      "SELECT t.\(source.key) FROM \(source.table) t WHERE t.\(source.key) <= $1::bigint\(source.condition)"
    }
    return Statement("SELECT count(*) FROM (\(keys.joined(separator: "\nUNION\n"))) k")
  }

  /// The highest key; NULL where there is none.
  package var lastKey: Statement {
    let keys = (oldKeyed + newKeyed + [skipped]).map { source in
      "(SELECT max(t.\(source.key)) FROM \(source.table) t WHERE true\(source.condition))"
    }
    return Statement("SELECT greatest(\(keys.joined(separator: ",\n")))")
  }

  private typealias Source = (table: String, key: String, condition: String)

  private var oldKeyed: [Source] { oldTables.map { (schema.qualified($0.name), $0.key, "") } }

  private var newKeyed: [Source] {
    newTables.compactMap { table in table.key.map { (schema.qualified(table.name), $0, "") } }
  }

  private var skipped: Source { ("switchyard.skipped_rows", "key", " AND t.migration = '\(name)'") }

  /// Each table's next keys come from its index.
  private static func next(_ sources: [Source]) -> Statement {
    let keys = sources.map { source in
      """
      (SELECT DISTINCT t.\(source.key) AS key FROM \(source.table) t
       WHERE t.\(source.key) > $1::bigint\(source.condition)
       ORDER BY 1 LIMIT $2::integer)
      """
    }
    return Statement(
      "SELECT k.key FROM (\(keys.joined(separator: "\nUNION\n"))) k ORDER BY k.key LIMIT $2::integer")
  }
}
