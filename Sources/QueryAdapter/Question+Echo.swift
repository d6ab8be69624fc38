package import JSON

extension Question {
  /// A member of the body that says what was asked.
  package enum Echo: Sendable {
    case text(String, String)
    case integer(String, Int)
    case list(String, [String]?)
  }
}

extension JSONWriter {
  package mutating func members(of echo: [Question.Echo]) {
    for member in echo {
      switch member {
      case .text(let name, let value):
        key(name)
        string(value)
      case .integer(let name, let value):
        key(name)
        integer(value)
      case .list(let name, let values):
        key(name)
        guard let values else {
          null()
          continue
        }
        beginArray()
        for value in values { string(value) }
        endArray()
      }
    }
  }
}
