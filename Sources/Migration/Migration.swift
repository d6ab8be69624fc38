package import SQL

/// The move of one set of tables from an old schema to a new one: all that the engine knows about it.
package struct Migration: Sendable {
  /// For example `brand-metrics`.
  package let name: String
  /// Makes the new tables, beside the old ones.
  package let create: [Script]
  package let copy: TableMove
  /// The materialized view to keep fresh, and how.
  package let view: RefreshedView
  /// What the services are about, such as a brand: `$1` is its id. Its row opens every body; no row, no such
  /// subject. The new side also tells by `needs_repair` that results of the subject are in the repair queue.
  package let subject: QueryPair
  package let services: [Service]

  package init(
    name: String, create: [Script], copy: TableMove, view: RefreshedView, subject: QueryPair, services: [Service]
  ) {
    self.name = name
    self.create = create
    self.copy = copy
    self.view = view
    self.subject = subject
    self.services = services
  }

  /// The column of the subject's row that is not shown.
  package static let needsRepairColumn = "needs_repair"
}

/// SQL that runs as a whole, several statements maybe.
package struct Script: Sendable {
  package let text: String

  package init(_ file: [UInt8]) { text = String(decoding: file, as: UTF8.self) }
}

/// How old rows become new rows, by the key that both have.
package struct TableMove: Sendable {
  /// `$1` is an array of keys: brings the new rows of these keys to what the old rows say now. Gives a count for
  /// each new table.
  package let copy: Statement
  /// `$1` is a key, `$2` a limit: the keys that come after it, in order.
  package let nextKeys: Statement
  /// How many keys there are.
  package let keyCount: Statement
  /// `$1` is an array of keys: holds them, so that nobody else copies or writes them meanwhile.
  package let lock: Statement
  /// Run when all is copied.
  package let finish: Script

  package init(copy: Statement, nextKeys: Statement, keyCount: Statement, lock: Statement, finish: Script) {
    self.copy = copy
    self.nextKeys = nextKeys
    self.keyCount = keyCount
    self.lock = lock
    self.finish = finish
  }
}

/// A materialized view that readers complete with what changed since its last refresh.
package struct RefreshedView: Sendable {
  package let name: String
  /// Tells whether anything changed since the last refresh.
  package let isDue: Statement
  /// Run in a transaction of its own; it sees to it that one refresh runs at a time.
  package let refresh: Script

  package init(name: String, isDue: Statement, refresh: Script) {
    self.name = name
    self.isDue = isDue
    self.refresh = refresh
  }
}
