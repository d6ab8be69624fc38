package import SQL

/// What a migration's services are about, such as a brand.
package struct Subject: Sendable {
  /// For messages, such as `brand`.
  package let noun: String
  /// Where the paths of the endpoints begin, such as `/api/brands/{brand_id}`. Without a variable segment there is only one
  /// subject; it is known by the noun, and no statement takes its id.
  package let path: String
  /// `$1` is its id. Its row opens every body; no row, no such subject. The new side also tells by `needsRepairColumn`
  /// that what is known of the subject is in the repair queue.
  package let row: QueryPair
  /// All of them, in the order in which they are listed; nil: there is only one.
  package let list: Statement?
  /// `$1` is its id: takes, until the transaction ends, a role for which PostgreSQL leaves out what is of other subjects.
  /// No row: it has none, and what the new schema says must not be used. nil: only the statements keep subjects apart.
  package let scope: Statement?
  /// What every endpoint takes, before its own.
  package let parameters: [Parameter]

  /// The column of its row that is not shown.
  package static let needsRepairColumn = "needs_repair"

  package init(
    _ noun: String, path: String, row: QueryPair, list: Statement? = nil, scope: Statement? = nil,
    parameters: [Parameter]
  ) {
    self.noun = noun
    self.path = path
    self.row = row
    self.list = list
    self.scope = scope
    self.parameters = parameters
  }

  /// What begins the binds of every statement about it.
  package func binds(id: String) -> [Bind] { idName == nil ? [] : [.text(id)] }

  /// Where they are listed: the path without its variable segment.
  package var listPath: String { idName.map { path.replacing("/{\($0)}", with: "") } ?? path }

  /// The member of the list's body, such as `brands`.
  package var listName: String? { listPath.split(separator: "/").last.map { String($0) } }

  /// The variable segment of the path, such as `brand_id`; a UUID.
  package var idName: String? {
    path.split(separator: "/").last.flatMap { $0.hasPrefix("{") ? String($0.dropFirst().dropLast()) : nil }
  }
}

/// What a request gives besides its subject. Binds follow the subject's in the parameters' order, and so do members of the
/// body.
package enum Parameter: Sendable, Equatable {
  /// `start` and `end`, both inclusive, in UTC: two binds.
  case days
  /// Items between commas, each once, in the order asked; NULL where it is absent.
  case list(String)
  /// One of these; the first is the default.
  case choice(String, of: [String])
  /// A whole number.
  case integer(String, in: ClosedRange<Int>, default: Int)
  /// A variable segment of the path.
  case segment(String)
  /// One that is a key of the migration.
  case key(String)
  /// One that is a UUID.
  case uuid(String)
}
