package import SQL

/// Work on the new tables that is due now and then, in one transaction of the engine's, which runs one at a time. It may
/// fail where somebody holds a lock: it is tried again.
package struct MaintenanceTask: Sendable {
  /// Gives one row of what it did, each column a count.
  package let statement: Statement
  package let binds: [Bind]

  package init(_ statement: Statement, _ binds: [Bind] = []) {
    self.statement = statement
    self.binds = binds
  }
}
