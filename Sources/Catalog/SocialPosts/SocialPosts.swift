package import Migration
package import SQL

/// From one table of posts that holds everything, daily numbers in three places and two tables of one scraper to a
/// normalised core, one time series and tenants that PostgreSQL keeps apart. `README.md` says what becomes of each column.
///
/// What parity cannot see: rows that the mapping skips; verification names them.
package enum SocialPosts {
  package static let schema = TableSchema("social")

  private static let name = "social-posts"
  private static let key = "entity_id"

  private static let oldTables = [
    OldTable("posts", key: "id"), OldTable("post_analytics", key: "post_id"),
    OldTable("account_analytics", key: "account_id"), OldTable("daily_stats", key: key),
    OldTable("instagramreelsscraper", key: "post_id"), OldTable("instagramreelsscraper_duplicate", key: "post_id"),
  ]

  /// - Parameter keptMonths: of numbers, once there are no old tables any more; nil: all.
  package static func migration(in schema: TableSchema = schema, keptMonths: Int? = nil) -> Migration {
    let sql = SQLFiles(schema: schema)
    let mapping = RowMapping(
      of: name, in: schema, oldTables: oldTables, tables: tables,
      mapping: sql.part(PackageResources.social_mapped_rows_sql),
      check: sql.part(PackageResources.social_expected_rows_sql))
    return Migration(
      name: name,
      schema: schema,
      keyName: key,
      oldTables: oldTables,
      newTables: [
        NewTable("posts_core", title: "Posts", key: key),
        NewTable("posts_content", title: "Contents", key: key),
        NewTable(shared: "media_files", title: "Media files"),
        NewTable("post_media_links", title: "Media links", key: key),
        NewTable("post_insights", title: "Insights", key: key),
        NewTable("time_series_metrics", title: "Moments", key: key),
        NewTable("embeddings", title: "Embeddings", key: key),
        NewTable("social_disagreements", title: "Disagreements", key: key),
      ],
      expansion: Expansion(
        create: [sql.script(PackageResources.social_new_schema_sql)],
        remove: sql.script(PackageResources.social_remove_new_sql)),
      copy: mapping.move,
      parity: mapping.parity(
        subjects: sql(PackageResources.social_parity_subjects_sql),
        keys: sql(PackageResources.social_parity_subject_keys_sql)),
      retirement: Retirement(
        compatibilityView: sql.script(PackageResources.social_compatibility_sql),
        writeBack: sql.bulk(
          PackageResources.social_write_back_sql, including: [PackageResources.social_mapped_rows_sql])),
      keysMissedByTriggers: sql.bulk(PackageResources.social_keys_missed_by_triggers_sql),
      maintenance: MaintenanceTask(
        sql(PackageResources.social_maintenance_sql), keptMonths.map { [.integer($0)] } ?? [.null]),
      notes: sql(PackageResources.social_status_sql),
      subject: Subject(
        "organization", path: "/api/organizations/{organization_id}",
        row: sql(old: PackageResources.social_subject_old_sql, new: PackageResources.social_subject_new_sql),
        list: sql(PackageResources.social_organizations_sql),
        scope: sql(PackageResources.social_scope_sql),
        parameters: []),
      services: [
        Service(
          "posts",
          ServiceEndpoint(
            "/posts",
            sql(
              old: PackageResources.social_posts_old_sql, including: soundPosts,
              new: PackageResources.social_posts_new_sql),
            parameters: [
              .days, .choice("status", of: ["all", "draft", "scheduled", "published", "failed", "archived"]), limit,
            ],
            sections: [
              Section("by_status", columns: ["status", "posts"]),
              Section(
                "posts", columns: [key, "platform", "status", "at", "text", "caption", "hashtags", "media"]),
            ])),
        Service(
          "post-insights",
          ServiceEndpoint(
            "/insights",
            sql(
              old: PackageResources.social_insights_old_sql, including: soundPosts + reels,
              new: PackageResources.social_insights_new_sql),
            parameters: [.days, .choice("order", of: ["views", "likes", "comments", "shares"]), limit],
            sections: [
              Section("totals", .object, columns: ["posts"] + counts),
              Section("by_platform", columns: ["platform", "posts"] + counts),
              Section(
                "posts",
                columns: [key, "platform", "at"] + counts + [
                  "counted_at", "reel_shortcode", "reel_music", "reel_seconds", "platform_data",
                ]),
            ])),
        Service(
          "metrics",
          ServiceEndpoint(
            "/entities/{entity_id}/metrics",
            sql(
              old: PackageResources.social_metrics_old_sql, including: soundPosts,
              new: PackageResources.social_metrics_new_sql),
            parameters: [.key(key), .days, .list("metrics"), .choice("by", of: ["day", "week", "month"])],
            sections: [Section("points")])),
        Service(
          "similar",
          ServiceEndpoint(
            "/posts/{entity_id}/similar",
            sql(
              old: PackageResources.social_similar_old_sql, including: soundPosts,
              new: PackageResources.social_similar_new_sql),
            parameters: [.key(key), .integer("k", in: 1...100, default: 10)], sections: [Section("posts")])),
      ],
      plainEndpoints: [
        PlainEndpoint(.list("prompts"), "/prompts", sql(PackageResources.social_prompts_sql)),
        PlainEndpoint(
          .add([BodyField("name", .text(charactersMax: 100)), BodyField("template", text)]), "/prompts",
          sql(PackageResources.social_prompt_write_sql)),
        PlainEndpoint(
          .list("turns"), conversation, sql(PackageResources.social_context_sql),
          parameters: [.uuid("conversation_id"), .integer("turns", in: 1...100, default: 20)]),
        PlainEndpoint(
          .add([
            BodyField("role", .choice(["system", "user", "assistant", "tool"])), BodyField("content", text),
            BodyField("retrieved", .keys(countMax: 100), isRequired: false),
            BodyField("prompt_name", .text(charactersMax: 100), isRequired: false),
          ]), conversation, sql(PackageResources.social_context_write_sql), parameters: [.uuid("conversation_id")]),
        PlainEndpoint(
          .list("suggestions"), "/suggestions", sql(PackageResources.social_suggestions_sql), parameters: [limit]),
        PlainEndpoint(
          .add([
            BodyField("kind", .choice(["caption", "hashtags", "time", "idea", "reply"])), BodyField("suggestion", text),
            BodyField("conversation_id", .uuid, isRequired: false), BodyField(key, .key, isRequired: false),
          ]), "/suggestions", sql(PackageResources.social_suggestion_write_sql)),
        PlainEndpoint(
          .change([
            BodyField("feedback", .choice(["accepted", "edited", "rejected"])),
            BodyField("note", .text(charactersMax: 1_000), isRequired: false),
          ]), "/suggestions/{suggestion_id}/feedback", sql(PackageResources.social_suggestion_feedback_sql),
          parameters: [.uuid("suggestion_id")]),
      ],
      sample: Sample(
        oldSchema: sql.script(PackageResources.social_old_schema_sql), fill: sql(PackageResources.social_sample_sql)))
  }

  private static let soundPosts = [PackageResources.social_old_posts_sql]
  private static let reels = [PackageResources.social_old_reels_sql]
  private static let conversation = "/conversations/{conversation_id}"
  private static let text = BodyField.Form.text(charactersMax: 20_000)
  private static let limit = Parameter.integer("limit", in: 1...1_000, default: 100)
  private static let counts = ["likes", "comments", "shares", "views"]

  /// Where one depends on another, that comes first.
  private static let tables: [RowMapping.Table] = [
    .init(
      "posts_core", identity: [key],
      others: [
        "organization_id", "user_id", "account_id", "platform", "platform_post_id", "status", "scheduled_at",
        "published_at", "created_at",
      ]),
    .init("posts_content", identity: [key], others: ["organization_id", "text", "caption", "hashtags"]),
    .init("media_files", identity: ["id"], others: ["organization_id", "url", "kind"], isShared: true),
    .init("post_media_links", identity: [key, "position"], others: ["organization_id", "media_id", "details"]),
    .init(
      "post_insights", identity: [key],
      others: [
        "organization_id", "likes", "comments", "shares", "views", "counted_at", "reel_shortcode", "reel_music",
        "reel_seconds", "platform_data",
      ]),
    .init(
      "time_series_metrics", identity: [key, "entity_type", "recorded_at"], others: ["organization_id", "metrics"]),
    .init(
      "embeddings", identity: [key, "entity_type", "model", "version"], others: ["organization_id", "embedding"]),
    .init(
      "social_disagreements", identity: [key, "table_name", "member", "column_name"],
      others: ["organization_id", "kept", "other"]),
  ]
}
