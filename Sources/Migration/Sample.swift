package import SQL

/// Data to try a migration on.
package struct Sample: Sendable {
  /// Makes the old tables, in a PostgreSQL schema that is there.
  package let oldSchema: Script
  /// `$1` is a scale: fills them. nil: there are sample answers to score.
  package let fill: Statement?

  package init(oldSchema: Script, fill: Statement? = nil) {
    self.oldSchema = oldSchema
    self.fill = fill
  }
}
