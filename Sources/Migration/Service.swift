package import SQL

/// A part of the product that moves from the old schema to the new one under one flag.
package struct Service: Sendable {
  /// The flag's name too.
  package let name: String
  package let endpoints: [ServiceEndpoint]

  package init(_ name: String, _ endpoints: ServiceEndpoint...) {
    self.name = name
    self.endpoints = endpoints
  }
}

/// One question that a service answers, asked in two ways.
package struct ServiceEndpoint: Sendable {
  /// Below the subject's path, for example `/competitors/{competitor_name}/trend`.
  package let path: String
  package let queries: QueryPair
  /// A bind of its own, `$5`, and a member of the body after the common ones.
  package let argument: Argument?
  /// What the body has after its head, in order.
  package let sections: [Section]

  package enum Argument: Sendable, Equatable {
    /// A query parameter that takes one of these; the first is the default.
    case choice(name: String, of: [String])
    /// A variable segment of the path.
    case segment(name: String)
  }

  package init(_ path: String, _ queries: QueryPair, argument: Argument? = nil, sections: [Section]) {
    self.path = path
    self.queries = queries
    self.argument = argument
    self.sections = sections
  }
}

/// The same question to the old schema and to the new one. Equal answers are equal rows of equal columns.
package struct QueryPair: Sendable {
  package let old: Statement
  package let new: Statement

  package init(old: [UInt8], new: [UInt8]) {
    self.old = Statement(file: old)
    self.new = Statement(file: new)
  }
}

/// A member of the body made from those rows whose first column holds the section's name.
package struct Section: Sendable {
  package enum Form: Sendable {
    /// The one row, as an object.
    case object
    /// Every row, as an array of objects.
    case array
  }

  package let name: String
  package let form: Form
  /// Columns that it shows, by name; all but the first where nil.
  package let columns: [String]?

  package init(_ name: String, _ form: Form = .array, columns: [String]? = nil) {
    self.name = name
    self.form = form
    self.columns = columns
  }
}
