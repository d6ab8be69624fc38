package import Migration
package import SQL

/// From the wide table `extracted_positions` to a star schema: one `metric_facts` row for each collector result, with
/// the brand's and each competitor's metrics and sentiment beside it, and a daily view for dashboards.
///
/// What parity cannot see: rows that the mapping skips by contract; verification names them.
package enum BrandMetrics {
  /// The old tables, as a customer has them.
  package static let oldSchema = Script(PackageResources.old_schema_sql)
  /// All brands, by name.
  package static let brands = Statement(file: PackageResources.brands_sql)

  package static let migration = Migration(
    name: "brand-metrics",
    oldTable: "extracted_positions",
    newTables: [
      NewTable("metric_facts", title: "Metric facts"),
      NewTable("brand_metrics", title: "Brand metrics"),
      NewTable("competitor_metrics", title: "Competitor metrics"),
      NewTable("brand_sentiment", title: "Brand sentiments"),
      NewTable("competitor_sentiment", title: "Competitor sentiments"),
    ],
    expansion: Expansion(
      create: [Script(PackageResources.new_schema_sql), Script(PackageResources.freshness_sql)],
      truncate: Script(PackageResources.truncate_new_sql),
      remove: Script(PackageResources.remove_new_sql),
      mirror: Script(PackageResources.mirror_sql)),
    copy: TableMove(
      copy: Statement(file: PackageResources.copy_results_sql),
      rows: .bulk(PackageResources.copy_rows_sql, including: judgedRows),
      nextKeys: Statement(file: PackageResources.copy_next_keys_sql),
      oldKeys: Statement(file: PackageResources.copy_old_keys_sql),
      keyCount: Statement(file: PackageResources.copy_key_count_sql),
      lastKey: Statement(file: PackageResources.copy_last_key_sql),
      lock: Statement(file: PackageResources.copy_lock_sql),
      analyze: Script(PackageResources.copy_analyze_sql)),
    parity: Parity(
      fingerprints: .bulk(PackageResources.parity_fingerprints_sql, including: starRows),
      differences: .bulk(PackageResources.parity_differences_sql, including: starRows),
      explained: .bulk(PackageResources.explained_rows_sql, including: judgedRows),
      newSizes: .bulk(PackageResources.new_sizes_sql, including: judgedRows),
      viewDifferences: .bulk(PackageResources.parity_view_sql),
      subjects: Statement(file: PackageResources.parity_subjects_sql),
      subjectKeys: Statement(file: PackageResources.parity_subject_keys_sql)),
    retirement: Retirement(
      archivedTable: "extracted_positions_archived",
      standIn: Script(PackageResources.stand_in_sql),
      archive: Script(PackageResources.archive_sql),
      dropIndexes: Script(PackageResources.drop_indexes_sql),
      createIndexes: Script(PackageResources.create_indexes_sql),
      restore: Script(PackageResources.restore_sql),
      drop: Script(PackageResources.drop_sql),
      writeBack: .bulk(PackageResources.write_back_sql),
      nextKeys: Statement(file: PackageResources.write_back_next_keys_sql),
      checksum: Statement(file: PackageResources.checksum_sql),
      archivedChecksum: Statement(file: PackageResources.archived_checksum_sql)),
    view: RefreshedView(
      name: "mv_brand_daily_metrics",
      isDue: Statement(file: PackageResources.refresh_is_due_sql),
      backlog: Statement(file: PackageResources.view_backlog_sql),
      refresh: Script(PackageResources.refresh_view_sql)),
    subject: Subject(
      "brand", path: "/api/brands/{brand_id}",
      row: QueryPair(old: PackageResources.brand_old_sql, new: PackageResources.brand_new_sql),
      parameters: [.days, .list("collectors")]),
    services: [
      Service(
        "dashboard",
        ServiceEndpoint(
          "/dashboard", QueryPair(old: PackageResources.dashboard_old_sql, new: PackageResources.dashboard_new_sql),
          sections: [
            Section("totals", .object, columns: stats + ["first_response", "last_response"]),
            Section("by_collector", columns: ["collector_type"] + stats),
            Section("daily", columns: ["metric_date", "collector_type"] + stats),
          ])),
      Service(
        "visibility",
        ServiceEndpoint(
          "/visibility", QueryPair(old: PackageResources.visibility_old_sql, new: PackageResources.visibility_new_sql),
          parameters: [.choice("interval", of: ["day", "week", "month"])], sections: [Section("points")])),
      Service(
        "topics",
        ServiceEndpoint(
          "/topics", QueryPair(old: PackageResources.topics_old_sql, new: PackageResources.topics_new_sql),
          sections: [Section("topics")])),
      Service(
        "competitors",
        ServiceEndpoint(
          "/competitors",
          QueryPair(old: PackageResources.competitors_old_sql, new: PackageResources.competitors_new_sql),
          sections: [Section("competitors")]),
        ServiceEndpoint(
          "/competitors/{competitor_name}/trend",
          QueryPair(old: PackageResources.competitor_trend_old_sql, new: PackageResources.competitor_trend_new_sql),
          parameters: [.segment("competitor_name")], sections: [Section("points")])),
      Service(
        "prompts",
        ServiceEndpoint(
          "/prompts", QueryPair(old: PackageResources.prompts_old_sql, new: PackageResources.prompts_new_sql),
          sections: [Section("prompts")])),
      Service(
        "keywords",
        ServiceEndpoint(
          "/keywords", QueryPair(old: PackageResources.keywords_old_sql, new: PackageResources.keywords_new_sql),
          sections: [Section("keywords")])),
      Service(
        "citations",
        ServiceEndpoint(
          "/citations", QueryPair(old: PackageResources.citations_old_sql, new: PackageResources.citations_new_sql),
          sections: [Section("sources")])),
    ])

  private static let judgedRows = [PackageResources.judged_rows_sql]
  private static let starRows = judgedRows + [PackageResources.star_rows_sql]

  private static let stats = [
    "total_responses", "presence_count", "avg_visibility", "avg_share", "avg_sentiment", "positive_count",
    "negative_count", "neutral_count",
  ]
}
