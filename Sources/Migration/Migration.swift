/// The move of one set of tables from an old schema to a new one: all that the engine knows about it.
package struct Migration: Sendable {
  /// For example `brand-metrics`.
  package let name: String
  /// The table that goes away.
  package let oldTable: String
  /// The new ones, parents first.
  package let newTables: [NewTable]
  package let expansion: Expansion
  package let copy: TableMove
  package let parity: Parity
  package let retirement: Retirement
  /// The materialized view to keep fresh, and how.
  package let view: RefreshedView
  /// What the services are about, such as a brand: `$1` is its id. Its row opens every body; no row, no such
  /// subject. The new side also tells by `needs_repair` that results of the subject are in the repair queue.
  package let subject: QueryPair
  package let services: [Service]

  package init(
    name: String, oldTable: String, newTables: [NewTable], expansion: Expansion, copy: TableMove, parity: Parity,
    retirement: Retirement, view: RefreshedView, subject: QueryPair, services: [Service]
  ) {
    self.name = name
    self.oldTable = oldTable
    self.newTables = newTables
    self.expansion = expansion
    self.copy = copy
    self.parity = parity
    self.retirement = retirement
    self.view = view
    self.subject = subject
    self.services = services
  }

  /// The column of the subject's row that is not shown.
  package static let needsRepairColumn = "needs_repair"
}

/// A table that the migration makes.
package struct NewTable: Sendable {
  package let name: String
  /// What its rows are called in a report, such as `Metric facts`.
  package let title: String

  package init(_ name: String, title: String) {
    self.name = name
    self.title = title
  }
}
