package import Migration
package import SQL

/// From nine overlapping tables of a pipeline that writes posts to three: what is queued, what was posted, and how each
/// post did, as a time series. `README.md` says which table wins for each column.
///
/// What parity cannot see: rows that the mapping skips; verification names them.
package enum ContentPipeline {
  package static let schema = TableSchema("content")

  private static let name = "content-pipeline"
  private static let key = "decision_id"

  /// Where one depends on another, that comes first.
  private static let oldTables = [
    "content_metadata", "content_generation_metadata_comprehensive", "posted_decisions", "tweets", "posts", "outcomes",
    "real_tweet_metrics", "tweet_analytics", "tweet_metrics",
  ].map { OldTable($0, key: key) }

  package static func migration(in schema: TableSchema = schema) -> Migration {
    let sql = SQLFiles(schema: schema)
    let mapping = RowMapping(
      of: name, in: schema, oldTables: oldTables,
      tables: [
        .init(
          "content_queue", identity: [key],
          others: [
            "content", "status", "scheduled_at", "generator_name", "topic", "angle", "tone", "visual_format",
          ]),
        .init(
          "posted_content", identity: [key],
          others: ["tweet_id", "content", "posted_at", "generator_name", "topic", "angle"]),
        .init(
          "engagement_metrics", identity: [key, "collected_at"],
          others: ["tweet_id", "likes", "retweets", "views", "collected_pass", "engagement_rate"]),
        .init(
          "content_disagreements", identity: [key, "table_name", "member", "column_name"], others: ["kept", "other"]),
      ],
      mapping: sql.part(PackageResources.content_mapped_rows_sql),
      check: sql.part(PackageResources.content_expected_rows_sql))
    return Migration(
      name: name,
      schema: schema,
      keyName: key,
      oldTables: oldTables,
      newTables: [
        NewTable("content_queue", title: "Queued decisions", key: key),
        NewTable("posted_content", title: "Posts", key: key),
        NewTable("engagement_metrics", title: "Snapshots", key: key),
        NewTable("content_disagreements", title: "Disagreements", key: key),
      ],
      expansion: Expansion(
        create: [sql.script(PackageResources.content_new_schema_sql)],
        remove: sql.script(PackageResources.content_remove_new_sql)),
      copy: mapping.move,
      parity: mapping.parity(ofOnly: subject),
      retirement: Retirement(
        compatibilityView: sql.script(PackageResources.content_compatibility_sql),
        writeBack: sql.bulk(
          PackageResources.content_write_back_sql, including: [PackageResources.content_mapped_rows_sql])),
      subject: Subject(
        subject, path: "/api/content",
        row: sql(old: PackageResources.content_subject_old_sql, new: PackageResources.content_subject_new_sql),
        parameters: []),
      services: [
        Service(
          "queue",
          ServiceEndpoint(
            "/queue", sql(old: PackageResources.content_queue_old_sql, new: PackageResources.content_queue_new_sql),
            parameters: [
              .choice("status", of: ["scheduled", "queued", "draft", "posting", "posted", "failed", "cancelled"]),
              limit,
            ],
            sections: [Section("items")])),
        Service(
          "history",
          ServiceEndpoint(
            "/history",
            sql(
              old: PackageResources.content_history_old_sql, including: posted,
              new: PackageResources.content_history_new_sql),
            parameters: range + [limit],
            sections: [
              Section("totals", .object, columns: ["posts", "generators", "first_post", "last_post"]),
              Section("by_generator", columns: ["generator_name", "posts"]),
              Section(
                "posts",
                columns: ["decision_id", "tweet_id", "content", "posted_at", "generator_name", "topic", "angle"]),
            ])),
        Service(
          "engagement",
          ServiceEndpoint(
            "/engagement",
            sql(
              old: PackageResources.content_engagement_groups_old_sql, including: posted + snapshots,
              new: PackageResources.content_engagement_groups_new_sql),
            parameters: range + [.choice("by", of: ["generator", "topic", "angle"])], sections: [Section("groups")]),
          ServiceEndpoint(
            "/engagement/posts",
            sql(
              old: PackageResources.content_engagement_posts_old_sql, including: posted + snapshots,
              new: PackageResources.content_engagement_posts_new_sql),
            parameters: range + [limit], sections: [Section("posts")])),
        Service(
          "learning",
          ServiceEndpoint(
            "/learning",
            sql(
              old: PackageResources.content_learning_old_sql, including: posted + snapshots,
              new: PackageResources.content_learning_new_sql),
            parameters: range + [limit], sections: [Section("decisions")])),
      ],
      sample: Sample(
        oldSchema: sql.script(PackageResources.content_old_schema_sql), fill: sql(PackageResources.content_sample_sql)))
  }

  private static let posted = [PackageResources.content_old_posted_sql]
  private static let snapshots = [PackageResources.content_old_snapshots_sql]
  private static let subject = "content"
  private static let limit = Parameter.integer("limit", in: 1...1_000, default: 100)
  private static let range: [Parameter] = [.days, .list("generators")]
}
