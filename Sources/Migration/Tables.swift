/// A table that goes away. Its rows have a number in the column `id`.
package struct OldTable: Sendable {
  package let name: String
  /// The column that says to which key a row belongs.
  package let key: String
  /// The column that says whose reads a row is in; nil: in everybody's.
  package let subject: String?

  package init(_ name: String, key: String, subject: String? = nil) {
    self.name = name
    self.key = key
    self.subject = subject
  }

  /// Its name once it is archived.
  package var archived: String { "\(name)_archived" }
  /// The view that will have its name then.
  package var compatibilityView: String { "\(name)_compatibility_view" }
}

/// A table that the migration makes.
package struct NewTable: Sendable {
  /// How a row tells to which key it belongs.
  enum KeySource: Sendable {
    case column(String)
    /// By the row of another table, whose `id` a column holds.
    case parent(String, by: String)
    /// It belongs to none.
    case none
  }

  package let name: String
  /// What its rows are called in a report, such as `Metric facts`.
  package let title: String
  let keySource: KeySource
  /// The column that says whose reads a row is in; nil: in everybody's.
  let subject: String?

  package init(_ name: String, title: String, key: String, subject: String? = nil) {
    self.name = name
    self.title = title
    self.subject = subject
    keySource = .column(key)
  }

  /// - Parameters:
  ///   - parent: a table with a key.
  ///   - column: refers to it.
  package init(_ name: String, title: String, of parent: String, by column: String) {
    self.name = name
    self.title = title
    subject = nil
    keySource = .parent(parent, by: column)
  }

  /// A table whose rows several keys share.
  package init(shared name: String, title: String) {
    self.name = name
    self.title = title
    subject = nil
    keySource = .none
  }

  var key: String? { if case .column(let key) = keySource { key } else { nil } }
}

/// One row of an old table.
package struct OldRow: Sendable, Hashable {
  package let table: String
  package let id: Int

  package init(table: String, id: Int) {
    self.table = table
    self.id = id
  }
}
