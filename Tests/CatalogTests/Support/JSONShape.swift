/// A JSON value that the tests make up.
indirect enum JSONShape: Sendable {
  case object([(String, JSONShape)])
  case array([JSONShape])
  case string(String)
  /// A number, true, false or null.
  case literal(String)

  var text: String {
    switch self {
    case .object(let members): "{\(members.map { "\(Self.quoted($0.0)):\($0.1.text)" }.joined(separator: ","))}"
    case .array(let items): "[\(items.map(\.text).joined(separator: ","))]"
    case .string(let string): Self.quoted(string)
    case .literal(let literal): literal
    }
  }

  static func quoted(_ string: String) -> String {
    var quoted = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
