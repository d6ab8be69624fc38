/// JSON as PostgreSQL prints JSONB, taken apart without a change: what is put together again is what it was.
enum SocialJSON {
  struct Member {
    let name: String
    let value: SocialJSON
  }

  case object([Member])
  case array([SocialJSON])
  case string(String)
  /// A number, true, false or null.
  case other(String)

  init(_ text: String) {
    var left = Array(text.unicodeScalars)[...]
    self = Self.value(&left)
    precondition(left.isEmpty, "JSON: \(text)")
  }

  var text: String {
    switch self {
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0.name)): \($0.value.text)" }.joined(separator: ", "))}"
    case .array(let items): "[\(items.map(\.text).joined(separator: ", "))]"
    case .string(let string): Self.quoted(string)
    case .other(let text): text
    }
  }

  private static func value(_ left: inout ArraySlice<Unicode.Scalar>) -> SocialJSON {
    switch left.first! {
    case "{":
      var members: [Member] = []
      items(&left, until: "}") { left in
        let name = string(&left)
        precondition(left.removeFirst() == ":" && left.removeFirst() == " ")
        members.append(Member(name: name, value: value(&left)))
      }
      return .object(members)
    case "[":
      var list: [SocialJSON] = []
      items(&left, until: "]") { list.append(value(&$0)) }
      return .array(list)
    case "\"": return .string(string(&left))
    default:
      let word = left.prefix { !",]}".unicodeScalars.contains($0) }
      left = left.dropFirst(word.count)
      return .other(String(String.UnicodeScalarView(word)))
    }
  }

  private static func items(
    _ left: inout ArraySlice<Unicode.Scalar>, until end: Unicode.Scalar,
    _ item: (inout ArraySlice<Unicode.Scalar>) -> Void
  ) {
    left.removeFirst()
    while left.first != end {
      if left.first == "," { left = left.dropFirst(2) }
      item(&left)
    }
    left.removeFirst()
  }

  private static let escapes: [(Unicode.Scalar, Unicode.Scalar)] = [
    ("\"", "\""), ("\\", "\\"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"), ("r", "\r"), ("t", "\t"),
  ]

  private static func string(_ left: inout ArraySlice<Unicode.Scalar>) -> String {
    var string = String.UnicodeScalarView()
    left.removeFirst()
    while left.first != "\"" {
      let scalar = left.removeFirst()
      guard scalar == "\\" else {
        string.append(scalar)
        continue
      }
      let letter = left.removeFirst()
      string.append(escapes.first { $0.0 == letter }!.1)
    }
    left.removeFirst()
    return String(string)
  }

  private static func quoted(_ string: String) -> String {
    var quoted = String.UnicodeScalarView("\"".unicodeScalars)
    for scalar in string.unicodeScalars {
      if let escape = escapes.first(where: { $0.1 == scalar }) {
        quoted.append("\\")
        quoted.append(escape.0)
      } else {
        quoted.append(scalar)
      }
    }
    return String(quoted) + "\""
  }
}
