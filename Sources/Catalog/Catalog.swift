package import Migration

/// Every migration that this product knows.
package enum Catalog {
  package static let migrations = [BrandMetrics.migration]

  package static var services: [Service] { migrations.flatMap(\.services) }
}
