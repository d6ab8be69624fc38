/// Reads what is in the tables of social-posts, through whatever asks the database.
package enum SocialReader {
  package typealias Ask = (String) async throws -> [[String?]]

  package static func oldRows(_ ask: Ask) async throws -> SocialOldRows {
    let workspaces = try await ask("SELECT w.slug, w.id FROM social.workspaces w")
    let accounts = try await ask("SELECT a.id, a.workspace_id FROM social.accounts a")
    var old: [SocialOldRow] = []
    for table in SocialTable.all {
      let columns = table.columns.map { column, kind in
        kind.isTime
          ? ContentReader.microseconds("o.\(column)") : kind == .day ? day("o.\(column)") : "o.\(column)::text"
      }
      for row in try await ask(
        "SELECT o.id, o.\(table.key), \(columns.joined(separator: ", ")) FROM social.\(table.name) o")
      {
        var cells: [String: String] = [:]
        for ((column, kind), cell) in zip(table.columns, row[2...]) {
          cells[column] = kind == .day ? cell.map(startOfDay) : cell
        }
        old.append(SocialOldRow(table: table.name, id: Int(row[0]!)!, key: Int(row[1]!)!, cells: cells))
      }
    }
    return SocialOldRows(
      workspaces: Dictionary(uniqueKeysWithValues: workspaces.map { ($0[0]!, $0[1]!) }),
      accounts: Dictionary(uniqueKeysWithValues: accounts.map { (Int($0[0]!)!, $0[1]!) }), rows: old)
  }

  private static let infinity = 9_000_000_000_000_000_000

  /// Days since 1970; infinity as a number beyond all others.
  private static func day(_ column: String) -> String {
    """
    CASE WHEN isfinite(\(column)) THEN \(column) - '1970-01-01'::date
      WHEN \(column) > now() THEN \(infinity) WHEN \(column) < now() THEN -\(infinity) END
    """
  }

  /// In microseconds; days that are too far away for that stay apart from each other.
  private static func startOfDay(_ day: String) -> String {
    let (start, isFar) = Int(day)!.multipliedReportingOverflow(by: ContentValue.microsecondsOfDay)
    return isFar && abs(Int(day)!) < infinity ? String(infinity + Int(day)!) : isFar ? day : String(start)
  }

  private static let newColumns: [(table: String, columns: [String])] = [
    (
      "posts_core",
      [
        "organization_id", "user_id", "account_id", "platform", "platform_post_id", "status", "scheduled_at",
        "published_at", "created_at",
      ]
    ),
    ("posts_content", ["organization_id", "text", "caption", "hashtags"]),
    ("media_files", ["organization_id", "url", "kind"]),
    ("post_media_links", ["position", "organization_id", "media_id", "details"]),
    (
      "post_insights",
      [
        "organization_id", "likes", "comments", "shares", "views", "counted_at", "reel_shortcode", "reel_music",
        "reel_seconds", "platform_data",
      ]
    ),
    ("time_series_metrics", ["entity_type", "recorded_at", "organization_id", "metrics"]),
    ("embeddings", ["entity_type", "model", "version", "organization_id", "embedding"]),
    ("social_disagreements", ["table_name", "member", "column_name", "organization_id", "kept", "other"]),
  ]

  /// The rows of the new tables, a line for each, but for files that no post has.
  package static func newLines(_ ask: Ask) async throws -> Set<String> {
    var lines: [String] = []
    for (table, columns) in newColumns {
      let isShared = table == "media_files"
      let cells = columns.map { column in
        switch column {
        case "scheduled_at", "published_at", "created_at", "counted_at", "recorded_at":
          ContentReader.microseconds("n.\(column)")
        case "hashtags": "array_to_string(n.hashtags, ' ')"
        default: "n.\(column)::text"
        }
      }
      let condition =
        isShared ? " WHERE EXISTS (SELECT FROM social.post_media_links l WHERE l.media_id = n.id)" : ""
      for row in try await ask(
        "SELECT n.\(isShared ? "id" : "entity_id"), \(cells.joined(separator: ", ")) FROM social.\(table) n\(condition)"
      ) {
        let cells = zip(columns, row.dropFirst()).map { column, cell in
          column == "embedding" ? cell.map(bits) : cell.map(ContentValue.escaped)
        }
        lines.append(newLine(table, row[0]!, cells))
      }
    }
    precondition(Set(lines).count == lines.count)
    return Set(lines)
  }

  private static func bits(_ vector: String) -> String {
    SocialValue.bits(vector.dropFirst().dropLast().split(separator: ",").map { Float($0)! })
  }
}
