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
  package let subject: Subject
  package let services: [Service]

  package init(
    name: String, oldTable: String, newTables: [NewTable], expansion: Expansion, copy: TableMove, parity: Parity,
    retirement: Retirement, view: RefreshedView, subject: Subject, services: [Service]
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
