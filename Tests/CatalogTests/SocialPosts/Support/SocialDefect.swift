import TestSupport

/// Something that spoils one row of a new table, or a row that nobody knows.
struct SocialDefect: Sendable {
  let table: String
  /// Which of the sample's rows.
  let row: String
  let key: Int
  /// The column that is changed; nil: the row goes or comes.
  var column: String?
  let change: String

  /// What sets a column of the first post's row to `value`.
  static func change(_ table: String, _ column: String, _ value: String, _ condition: String = "") -> SocialDefect {
    let row = "entity_id = 1" + (condition.isEmpty ? "" : " AND \(condition)")
    return SocialDefect(
      table: table, row: row, key: 1, column: column,
      change: "UPDATE social.\(table) SET \(column) = \(value) WHERE \(row)")
  }

  static func delete(_ table: String, _ key: Int, _ condition: String = "") -> SocialDefect {
    let row = "entity_id = \(key)" + (condition.isEmpty ? "" : " AND \(condition)")
    return SocialDefect(table: table, row: row, key: key, change: "DELETE FROM social.\(table) WHERE \(row)")
  }

  static func insert(_ table: String, _ key: Int, _ condition: String, _ values: String) -> SocialDefect {
    let row = "entity_id = \(key)" + (condition.isEmpty ? "" : " AND \(condition)")
    return SocialDefect(table: table, row: row, key: key, change: "INSERT INTO social.\(table) \(values)")
  }

  static let (one, two) = (SocialChange.workspaces[0], SocialChange.workspaces[1])
  private static let day = "recorded_at = '2025-06-15Z'"
  private static let lost = "column_name = 'likes'"

  /// Every column of every new table but for: those that are the row's identity; a file's id and kind, which CHECKs
  /// bind to its address; and what is computed.
  static let changed: [SocialDefect] =
    ["user_id", "account_id"].map { .change("posts_core", $0, "77") }
    + ["scheduled_at", "published_at", "created_at"].map {
      .change("posts_core", $0, "'2025-06-20 00:00:00.000001Z'")
    } + [
      .change("posts_core", "organization_id", "'\(two)'"), .change("posts_core", "platform", "'tiktok'"),
      .change("posts_core", "platform_post_id", "'spoilt'"), .change("posts_core", "status", "'failed'"),
      .change("posts_content", "organization_id", "'\(two)'"), .change("posts_content", "text", "'spoilt'"),
      .change("posts_content", "caption", "NULL"), .change("posts_content", "hashtags", "'{b,a}'"),
      .change("post_media_links", "organization_id", "'\(two)'", "position = 1"),
      .change(
        "post_media_links", "media_id", "(SELECT id FROM social.media_files WHERE url = 'http://c/other')",
        "position = 1"),
      .change("post_media_links", "details", "'{\"alt\": 1.0}'", "position = 1"),
      .change("post_insights", "organization_id", "'\(two)'"),
      .change("post_insights", "counted_at", "'2025-06-20Z'"), .change("post_insights", "reel_shortcode", "NULL"),
      .change("post_insights", "reel_music", "'spoilt'"), .change("post_insights", "reel_seconds", "8"),
      .change("post_insights", "platform_data", "'{\"a\": 1.00}'"),
      .change("time_series_metrics", "organization_id", "'\(two)'", day),
      .change("time_series_metrics", "metrics", "'{\"likes\": 6}'", day),
      .change("embeddings", "organization_id", "'\(two)'"), .change("embeddings", "embedding", "'{1,3}'"),
      .change("social_disagreements", "organization_id", "'\(two)'", lost),
      .change("social_disagreements", "kept", "'spoilt'", lost),
      .change("social_disagreements", "other", "'spoilt'", lost),
    ] + ["likes", "comments", "shares", "views"].map { .change("post_insights", $0, "coalesce(\($0), 0) + 1") }

  /// Rows that go and come; a post that goes takes all that it has.
  static let missing: [SocialDefect] = [
    .delete("post_media_links", 3, "position = 0"), .delete("post_insights", 3),
    .delete("time_series_metrics", 3, day), .delete("embeddings", 3), .delete("social_disagreements", 3, lost),
    .insert(
      "post_media_links", 4, "position = 0", "SELECT 4, 0, organization_id, id, '{}' FROM social.media_files LIMIT 1"),
    .insert("post_insights", 4, "", "(entity_id, organization_id, likes) VALUES (4, '\(one)', 1)"),
    .insert(
      "time_series_metrics", 4, day,
      "(entity_id, organization_id, entity_type, recorded_at, metrics) VALUES (4, '\(one)', 'post', '2025-06-15Z', '{\"likes\": 1}')"
    ),
    .insert(
      "time_series_metrics", 2, "\(day) AND entity_type = 'account'",
      "(entity_id, organization_id, entity_type, recorded_at, metrics) VALUES (2, '\(one)', 'account', '2025-06-15Z', '{\"likes\": 1}')"
    ),
    .insert("embeddings", 4, "", "VALUES (4, 'post', 'm', 1, '\(one)', '{1}')"),
    .insert("social_disagreements", 4, "", "VALUES (4, 'posts', '', 'organization_id', '\(one)', 'a', 'b')"),
    .insert(
      "posts_core", 9, "",
      "(entity_id, organization_id, platform, status, created_at) VALUES (9, '\(one)', 'x', 'draft', now())"),
  ]

  /// Three posts with all that there is, and one with nothing but its text.
  static let sample = [
    """
    INSERT INTO social.posts (
      id, user_id, workspace_id, account_id, platform, platform_post_id, status, scheduled_at, published_at, text, caption,
      hashtags, media_urls, embedding, embedding_model, like_count, comment_count, share_count, counted_at,
      platform_data, created_at)
    SELECT n, 5, '\(one)', 6, 'x', 'p', 'draft', '2025-06-15Z', '2025-06-15Z', 't', 'c', 'a b',
      '["http://c/a.jpg", {"url": "http://c/b", "alt": 1}]', '{1,-0.0}', 'm', 1, 2, 3, '2025-06-15Z', '{"a": 1.0}',
      '2025-06-15Z'
    FROM generate_series(1, 3) n
    """,
    """
    INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (4, '\(one)', 'x', 'draft')
    """,
    """
    INSERT INTO social.posts (id, workspace_id, platform, status, media_urls)
    VALUES (5, '\(one)', 'x', 'draft', '"http://c/other"')
    """,
    "INSERT INTO social.post_analytics (post_id, stat_day, likes) SELECT n, '2025-06-15', 5 FROM generate_series(1, 3) n",
    """
    INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
    SELECT n, 'post', '2025-06-15', '{"likes": 4}' FROM generate_series(1, 3) n
    """,
    """
    INSERT INTO social.instagramreelsscraper (post_id, shortcode, music, duration_seconds, scraped_at)
    SELECT n, 's', 'm', 7, '2025-06-15 01:00Z' FROM generate_series(1, 3) n
    """,
  ]
}
