package import Migration
import SQL

/// Every migration that this product knows.
package struct Catalog: Sendable {
  package let migrations: [Migration]

  package init() { migrations = Self.makers.map { $0.make($0.schema) } }

  /// A setting that is no name of a PostgreSQL schema.
  package struct BadSchema: Error {
    package let setting: String
  }

  /// - Parameter settings: may name the schema in which a migration's tables are.
  package init(settings: (String) -> String?) throws(BadSchema) {
    var migrations: [Migration] = []
    for maker in Self.makers {
      guard let name = settings(maker.setting) else {
        migrations.append(maker.make(maker.schema))
        continue
      }
      guard let schema = TableSchema(name, insteadOf: maker.schema.written) else {
        throw BadSchema(setting: maker.setting)
      }
      migrations.append(maker.make(schema))
    }
    self.migrations = migrations
  }

  package var services: [Service] { migrations.flatMap(\.services) }

  private struct Maker {
    let setting: String
    let schema: TableSchema
    let make: @Sendable (TableSchema) -> Migration
  }

  private static let makers = [
    Maker(setting: "BRAND_METRICS_SCHEMA", schema: BrandMetrics.schema) { BrandMetrics.migration(in: $0) },
    Maker(setting: "CONTENT_PIPELINE_SCHEMA", schema: ContentPipeline.schema) { ContentPipeline.migration(in: $0) },
    Maker(setting: "SOCIAL_POSTS_SCHEMA", schema: SocialPosts.schema) { SocialPosts.migration(in: $0) },
  ]
}
