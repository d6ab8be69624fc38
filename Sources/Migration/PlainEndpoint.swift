package import SQL

/// A call on the new schema alone: no flag is over it, and nothing of the old one is compared with it.
package struct PlainEndpoint: Sendable {
  package enum Action: Sendable {
    /// GET: every row, as an array under this name.
    case list(String)
    /// POST: adds a row and answers with it.
    case add([BodyField])
    /// POST: changes a row that the path names, and answers with it.
    case change([BodyField])
  }

  package let action: Action
  /// Below the subject's path.
  package let path: String
  /// Takes the subject's id, the parameters and the body's fields. Where it adds or changes, no row says that something it
  /// was to refer to is not there.
  package let statement: Statement
  package let parameters: [Parameter]

  package init(_ action: Action, _ path: String, _ statement: Statement, parameters: [Parameter] = []) {
    self.action = action
    self.path = path
    self.statement = statement
    self.parameters = parameters
  }
}

/// A member of the JSON object that a call takes. One bind, NULL where it is absent or null.
package struct BodyField: Sendable {
  package enum Form: Sendable {
    /// Not empty.
    case text(charactersMax: Int)
    case choice([String])
    case uuid
    /// One of the migration's keys.
    case key
    case keys(countMax: Int)
  }

  package let name: String
  package let form: Form
  package let isRequired: Bool

  package init(_ name: String, _ form: Form, isRequired: Bool = true) {
    self.name = name
    self.form = form
    self.isRequired = isRequired
  }
}
