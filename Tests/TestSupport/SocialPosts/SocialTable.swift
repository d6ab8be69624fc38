/// An old table of social-posts.
package struct SocialTable: Sendable {
  /// What a column holds.
  package enum Kind: Sendable {
    case key, written, updated, text, time, day, count, seconds, rate, workspace, team, platform, status, hashtags,
      media
    case stats, vector, model, json, entityType

    var isTime: Bool { [.written, .updated, .time].contains(self) }
  }

  package let name: String
  /// Besides `id`; first the key, but for posts, whose key is their id.
  package let columns: [(name: String, kind: Kind)]

  package var key: String { columns[0].kind == .key ? columns[0].name : "id" }

  private static func counts(_ names: String) -> [(String, Kind)] {
    names.split(separator: " ").map { (String($0), .count) }
  }

  package static let all = [
    SocialTable(
      name: "posts",
      columns: [
        ("user_id", .count), ("workspace_id", .workspace), ("team", .team), ("account_id", .count),
        ("platform", .platform), ("platform_post_id", .text), ("status", .status), ("scheduled_at", .time),
        ("published_at", .time), ("text", .text), ("caption", .text), ("hashtags", .hashtags), ("media_urls", .media),
        ("embedding", .vector), ("embedding_model", .model),
      ] + counts("like_count comment_count share_count view_count") + [
        ("counted_at", .time), ("platform_data", .json), ("created_at", .written), ("updated_at", .updated),
      ]),
    SocialTable(
      name: "post_analytics",
      columns: [("post_id", .key), ("stat_day", .day)]
        + counts("impressions reach likes comments shares saves clicks video_views") + [
          ("created_at", .written), ("updated_at", .updated),
        ]),
    SocialTable(
      name: "account_analytics",
      columns: [("account_id", .key), ("day", .day)] + counts("followers following profile_views impressions reach") + [
        ("engagement_rate", .rate), ("created_at", .written),
      ]),
    SocialTable(
      name: "daily_stats",
      columns: [
        ("entity_id", .key), ("entity_type", .entityType), ("stat_date", .day), ("stats", .stats),
        ("created_at", .written), ("updated_at", .updated),
      ]),
    SocialTable(
      name: "instagramreelsscraper",
      columns: [("post_id", .key), ("shortcode", .text), ("music", .text), ("duration_seconds", .seconds)]
        + counts("play_count like_count comment_count") + [("scraped_at", .time), ("created_at", .written)]),
    SocialTable(
      name: "instagramreelsscraper_duplicate",
      columns: [("post_id", .key), ("code", .text), ("audio", .text), ("duration", .seconds)]
        + counts("plays likes comments") + [
          ("scraped_at", .time), ("created_at", .written), ("updated_at", .updated),
        ]),
  ]

  package static func named(_ name: String) -> SocialTable { all.first { $0.name == name }! }
}

/// A row of an old table, as it is.
struct SocialOldRow {
  let table: String
  let id: Int
  let key: Int
  /// By column: times and days in microseconds since 1970. What is NULL is not there.
  let cells: [String: String]

  var name: OldRowName { OldRowName(table: table, id: id) }

  func integer(_ column: String) -> Int? { cells[column].map { Int($0)! } }

  /// When it was written last.
  var saidAt: Int { max(integer("created_at")!, integer("updated_at") ?? .min) }
}

/// All that the new rows come from.
package struct SocialOldRows {
  /// Ids by slug.
  let workspaces: [String: String]
  /// The workspace of each account.
  let accounts: [Int: String]
  let rows: [SocialOldRow]
}
