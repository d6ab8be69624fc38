/// Reads what is in the tables of the content pipeline, through whatever asks the database.
package enum ContentReader {
  package typealias Ask = (String) async throws -> [[String?]]

  /// Infinity as a number beyond all others.
  package static func microseconds(_ column: String) -> String {
    """
    CASE WHEN isfinite(\(column)) THEN (extract(epoch FROM \(column)) * 1000000)::bigint
      WHEN \(column) > now() THEN 9000000000000000000 WHEN \(column) < now() THEN -9000000000000000000 END
    """
  }

  package static func oldRows(_ ask: Ask) async throws -> [ContentOldRow] {
    var old: [ContentOldRow] = []
    for source in ContentSource.all {
      let columns = source.columns.map {
        ContentValue.times.contains($0.new) ? microseconds("o.\($0.old)") : "o.\($0.old)::text"
      }
      let saidAt = source.hasUpdates ? "greatest(o.created_at, o.updated_at)" : "o.created_at"
      let rows = try await ask(
        """
        SELECT o.id, o.decision_id, \(microseconds(saidAt)), \(columns.joined(separator: ", "))
        FROM content.\(source.table) o
        """)
      for row in rows {
        var cells: [String: String] = [:]
        for (column, cell) in zip(source.columns, row[3...]) { cells[column.new] = cell.map(ContentValue.escaped) }
        old.append(
          ContentOldRow(
            source: source, id: Int(row[0]!)!, decision: Int(row[1]!)!, saidAt: Int(row[2]!)!, cells: cells))
      }
    }
    return old
  }

  /// The rows of the new tables, a line for each.
  package static func newLines(_ ask: Ask) async throws -> Set<String> {
    var lines: [String] = []
    let disagreements = ["member", "table_name", "column_name", "kept", "other"]
    let tables =
      ContentSource.newColumns.map { ($0.table, $0.columns) } + [("content_disagreements", disagreements)]
    for (table, columns) in tables {
      let cells = columns.map { ContentValue.times.contains($0) ? microseconds("n.\($0)") : "n.\($0)::text" }
      let rows = try await ask("SELECT n.decision_id, \(cells.joined(separator: ", ")) FROM content.\(table) n")
      lines += rows.map { newLine(table, $0[0]!, $0.dropFirst().map { $0.map(ContentValue.escaped) }) }
    }
    precondition(Set(lines).count == lines.count)
    return Set(lines)
  }
}
