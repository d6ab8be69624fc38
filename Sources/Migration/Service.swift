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
  /// After those that every endpoint of the subject takes.
  package let parameters: [Parameter]
  /// What the body has after its head, in order.
  package let sections: [Section]

  package init(_ path: String, _ queries: QueryPair, parameters: [Parameter] = [], sections: [Section]) {
    self.path = path
    self.queries = queries
    self.parameters = parameters
    self.sections = sections
  }
}

/// The same question to the old schema and to the new one. Equal answers are equal rows of equal columns.
package struct QueryPair: Sendable {
  package let old: Statement
  package let new: Statement

  package init(old: Statement, new: Statement) {
    self.old = old
    self.new = new
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
