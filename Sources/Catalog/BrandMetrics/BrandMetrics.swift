package import Migration
package import SQL

/// From the wide table `extracted_positions` to a star schema: one `metric_facts` row for each collector result, with
/// the brand's and each competitor's metrics and sentiment beside it, and a daily view for dashboards.
///
/// What parity cannot see: rows that the mapping skips by contract; verification names them.
package enum BrandMetrics {
  package static let schema = TableSchema("public")

  private static let name = "brand-metrics"

  package static func migration(in schema: TableSchema = schema) -> Migration {
    let sql = SQLFiles(schema: schema)
    return Migration(
      name: name,
      isDefault: true,
      schema: schema,
      keyName: "collector_result_id",
      oldTables: [OldTable("extracted_positions", key: "collector_result_id", subject: "brand_id")],
      newTables: [
        NewTable("metric_facts", title: "Metric facts", key: "collector_result_id", subject: "brand_id"),
        NewTable("brand_metrics", title: "Brand metrics", of: "metric_facts", by: "metric_fact_id"),
        NewTable("competitor_metrics", title: "Competitor metrics", of: "metric_facts", by: "metric_fact_id"),
        NewTable("brand_sentiment", title: "Brand sentiments", of: "metric_facts", by: "metric_fact_id"),
        NewTable("competitor_sentiment", title: "Competitor sentiments", of: "metric_facts", by: "metric_fact_id"),
      ],
      expansion: Expansion(
        create: [sql.script(PackageResources.new_schema_sql), sql.script(PackageResources.freshness_sql)],
        remove: sql.script(PackageResources.remove_new_sql)),
      copy: TableMove(
        of: name,
        copy: sql(PackageResources.copy_results_sql),
        rows: sql.bulk(PackageResources.copy_rows_sql, including: judgedRows)),
      parity: Parity(
        fingerprints: sql.bulk(PackageResources.parity_fingerprints_sql, including: starRows),
        differences: sql.bulk(PackageResources.parity_differences_sql, including: starRows),
        explained: sql.bulk(PackageResources.explained_rows_sql, including: judgedRows),
        newSizes: sql.bulk(PackageResources.new_sizes_sql, including: judgedRows),
        subjects: sql(PackageResources.parity_subjects_sql),
        subjectKeys: sql(PackageResources.parity_subject_keys_sql)),
      retirement: Retirement(
        compatibilityView: sql.script(PackageResources.compatibility_sql),
        writeBack: sql.bulk(PackageResources.write_back_sql)),
      view: RefreshedView(
        name: "mv_brand_daily_metrics",
        isDue: sql(PackageResources.refresh_is_due_sql),
        backlog: sql(PackageResources.view_backlog_sql),
        refresh: sql.script(PackageResources.refresh_view_sql),
        differences: sql.bulk(PackageResources.parity_view_sql)),
      subject: Subject(
        "brand", path: "/api/brands/{brand_id}",
        row: sql(old: PackageResources.brand_old_sql, new: PackageResources.brand_new_sql),
        list: sql(PackageResources.brands_sql),
        parameters: [.days, .list("collectors")]),
      services: [
        Service(
          "dashboard",
          ServiceEndpoint(
            "/dashboard", sql(old: PackageResources.dashboard_old_sql, new: PackageResources.dashboard_new_sql),
            sections: [
              Section("totals", .object, columns: stats + ["first_response", "last_response"]),
              Section("by_collector", columns: ["collector_type"] + stats),
              Section("daily", columns: ["metric_date", "collector_type"] + stats),
            ])),
        Service(
          "visibility",
          ServiceEndpoint(
            "/visibility", sql(old: PackageResources.visibility_old_sql, new: PackageResources.visibility_new_sql),
            parameters: [.choice("interval", of: ["day", "week", "month"])], sections: [Section("points")])),
        Service(
          "topics",
          ServiceEndpoint(
            "/topics", sql(old: PackageResources.topics_old_sql, new: PackageResources.topics_new_sql),
            sections: [Section("topics")])),
        Service(
          "competitors",
          ServiceEndpoint(
            "/competitors",
            sql(old: PackageResources.competitors_old_sql, new: PackageResources.competitors_new_sql),
            sections: [Section("competitors")]),
          ServiceEndpoint(
            "/competitors/{competitor_name}/trend",
            sql(old: PackageResources.competitor_trend_old_sql, new: PackageResources.competitor_trend_new_sql),
            parameters: [.segment("competitor_name")], sections: [Section("points")])),
        Service(
          "prompts",
          ServiceEndpoint(
            "/prompts", sql(old: PackageResources.prompts_old_sql, new: PackageResources.prompts_new_sql),
            sections: [Section("prompts")])),
        Service(
          "keywords",
          ServiceEndpoint(
            "/keywords", sql(old: PackageResources.keywords_old_sql, new: PackageResources.keywords_new_sql),
            sections: [Section("keywords")])),
        Service(
          "citations",
          ServiceEndpoint(
            "/citations", sql(old: PackageResources.citations_old_sql, new: PackageResources.citations_new_sql),
            sections: [Section("sources")])),
      ],
      sample: Sample(oldSchema: sql.script(PackageResources.old_schema_sql)))
  }

  private static let judgedRows = [PackageResources.judged_rows_sql]
  private static let starRows = judgedRows + [PackageResources.star_rows_sql]

  private static let stats = [
    "total_responses", "presence_count", "avg_visibility", "avg_share", "avg_sentiment", "positive_count",
    "negative_count", "neutral_count",
  ]
}
