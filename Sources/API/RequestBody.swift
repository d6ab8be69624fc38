import HTTP
import JSON

/// The JSON object in a request's body, read member by member. What is wrong is gathered, to be answered at once.
struct RequestBody {
  private let members: [JSONValue.Member]
  private(set) var malformed: [Problem.Field] = []
  private(set) var impossible: [Problem.Field] = []

  /// - Parameter known: the members that it may have.
  init(_ request: Request, known: [String]) throws(Problem) {
    let type = request.headers["Content-Type"]?.prefix { $0 != ";" }.lowercased() ?? "application/json"
    guard type.trimmed == "application/json" else {
      throw Problem(.unsupportedMediaType, "The body must be application/json.")
    }
    let value: JSONValue
    do { value = try JSONReader.read(request.body) } catch {
      throw Problem(.badRequest, "The body is \(error).")
    }
    guard case .object(let members) = value else { throw Problem(.badRequest, "The body must be a JSON object.") }
    self.members = members
    for member in members where !known.contains(member.name) {
      malformed.append(
        .init(field: member.name, detail: "is not known here; known are \(known.joined(separator: ", "))"))
    }
  }

  func hasValue(_ name: String) -> Bool { members.contains { $0.name == name && $0.value != .null } }

  func has(_ name: String) -> Bool { members.contains { $0.name == name } }

  var isEmpty: Bool { members.isEmpty }

  mutating func refuse(_ field: String, malformed detail: String) {
    malformed.append(.init(field: field, detail: detail))
  }
  mutating func refuse(_ field: String, impossible detail: String) {
    impossible.append(.init(field: field, detail: detail))
  }

  /// What is wrong so far, malformed before impossible.
  func check() throws(Problem) {
    if !malformed.isEmpty { throw .malformed(malformed) }
    if !impossible.isEmpty { throw .impossible(impossible) }
  }

  /// nil where it is absent, or not what it should be, which is noted.
  mutating func take<Value>(_ name: String, _ what: String, _ convert: (JSONValue) -> Value?) -> Value? {
    guard let member = members.first(where: { $0.name == name }) else { return nil }
    if let value = convert(member.value) { return value }
    refuse(name, malformed: "must be \(what)")
    return nil
  }

  private static let reasonCharactersMax = 1_000

  /// Why somebody acts, for the record; null counts as absent.
  mutating func takeReason() -> String? {
    if members.contains(JSONValue.Member(name: "reason", value: .null)) { return nil }
    let reason = take("reason", "a string", \.string)
    if let reason, reason.unicodeScalars.count > Self.reasonCharactersMax {
      refuse("reason", impossible: "may have \(Self.reasonCharactersMax) characters")
    }
    return reason
  }
}

extension StringProtocol {
  /// Without blanks and tabs at its ends.
  fileprivate var trimmed: Substring {
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    var rest = Substring(self).drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest
  }
}
