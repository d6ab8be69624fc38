package import Migration
import SQL

/// Every migration that this product knows.
package struct Catalog: Sendable {
  package let migrations: [Migration]

  package init() {
    migrations = [BrandMetrics.migration(), ContentPipeline.migration(), SocialPosts.migration()]
  }

  /// A setting that cannot be what it says.
  package struct BadSetting: Error, CustomStringConvertible {
    package let name: String
    package let mustBe: String
    package var description: String { "\(name) must be \(mustBe)" }
  }

  /// - Parameter settings: by name: the schema in which a migration's tables are, and what else a migration takes.
  package init(settings: (String) -> String?) throws(BadSetting) {
    let social = try Self.schema(settings, "SOCIAL_POSTS_SCHEMA", SocialPosts.schema)
    migrations = [
      BrandMetrics.migration(in: try Self.schema(settings, "BRAND_METRICS_SCHEMA", BrandMetrics.schema)),
      ContentPipeline.migration(in: try Self.schema(settings, "CONTENT_PIPELINE_SCHEMA", ContentPipeline.schema)),
      SocialPosts.migration(in: social, keptMonths: try Self.months(settings, "SOCIAL_POSTS_KEPT_MONTHS")),
    ]
  }

  package var services: [Service] { migrations.flatMap(\.services) }

  private static func schema(
    _ settings: (String) -> String?, _ name: String, _ standard: TableSchema
  ) throws(BadSetting) -> TableSchema {
    guard let text = settings(name) else { return standard }
    guard let schema = TableSchema(text, insteadOf: standard.written) else {
      throw BadSetting(name: name, mustBe: "a PostgreSQL schema's name: letters, digits and _, at most 63")
    }
    return schema
  }

  private static let monthsMax = 1_200

  private static func months(_ settings: (String) -> String?, _ name: String) throws(BadSetting) -> Int? {
    guard let text = settings(name) else { return nil }
    guard let months = Int(text), (1...monthsMax).contains(months) else {
      throw BadSetting(name: name, mustBe: "a whole number from 1 to \(monthsMax)")
    }
    return months
  }
}
