package import SQL

/// The move of one set of tables from an old schema to a new one: all that the engine knows about it.
package struct Migration: Sendable {
  /// For example `brand-metrics`.
  package let name: String
  /// It is meant where none is named.
  package let isDefault: Bool
  /// In which all its tables are.
  package let schema: TableSchema
  /// What rows are moved by, such as `collector_result_id`: a whole number that old and new rows have.
  package let keyName: String
  /// The tables that go away.
  package let oldTables: [OldTable]
  /// The new ones, parents first.
  package let newTables: [NewTable]
  package let expansion: Expansion
  package let copy: TableMove
  package let parity: Parity
  package let retirement: Retirement
  /// The materialized view to keep fresh, and how; nil: there is none.
  package let view: RefreshedView?
  /// Puts into the repair queue what triggers could not see, such as rows that two transactions wrote at once; it runs
  /// before each look at the queue. nil: there is no such thing.
  package let keysMissedByTriggers: Statement?
  /// Work on the new tables that is due now and then, such as making partitions ahead; nil: none.
  package let maintenance: MaintenanceTask?
  /// What is to be known of the new tables besides their sizes: `name`, `state` and `detail` of each thing; nil: nothing.
  package let notes: Statement?
  package let subject: Subject
  package let services: [Service]
  package let plainEndpoints: [PlainEndpoint]
  package let sample: Sample

  package init(
    name: String, isDefault: Bool = false, schema: TableSchema, keyName: String, oldTables: [OldTable],
    newTables: [NewTable],
    expansion: Expansion, copy: TableMove,
    parity: Parity,
    retirement: Retirement, view: RefreshedView? = nil, keysMissedByTriggers: Statement? = nil,
    maintenance: MaintenanceTask? = nil,
    notes: Statement? = nil,
    subject: Subject, services: [Service],
    plainEndpoints: [PlainEndpoint] = [], sample: Sample
  ) {
    self.name = name
    self.isDefault = isDefault
    self.schema = schema
    self.keyName = keyName
    self.oldTables = oldTables
    self.newTables = newTables
    self.expansion = expansion
    self.copy = copy
    self.parity = parity
    self.retirement = retirement
    self.view = view
    self.keysMissedByTriggers = keysMissedByTriggers
    self.maintenance = maintenance
    self.notes = notes
    self.subject = subject
    self.services = services
    self.plainEndpoints = plainEndpoints
    self.sample = sample
  }

  /// What a key stands for, such as `collector result`.
  package var keyTitle: String { keyName.replacing("_id", with: "").replacing("_", with: " ") }

  /// Several of them, such as `collector results`.
  package var keyTitles: String { keyTitle.hasSuffix("y") ? "\(keyTitle.dropLast())ies" : "\(keyTitle)s" }

  /// The same at the beginning of a sentence.
  package var keysTitle: String { "\(keyTitles.prefix(1).uppercased())\(keyTitles.dropFirst())" }

  /// A command about it, for messages, such as `"switchyard verify"`.
  package func command(_ words: String) -> String {
    "\"switchyard \(words)\(isDefault ? "" : " --migration \(name)")\""
  }

  /// The old tables' names, for messages.
  package var oldTitle: String { oldTables.count == 1 ? oldTables[0].name : "the old tables of \(name)" }

  /// For SQL.
  package var qualifiedOldTables: [String] { oldTables.map { schema.qualified($0.name) } }
}

extension [Migration] {
  /// The one that is meant where none is named.
  package var `default`: Migration {
    guard let migration = first(where: \.isDefault) ?? first else { preconditionFailure("a catalog is never empty") }
    return migration
  }
}
