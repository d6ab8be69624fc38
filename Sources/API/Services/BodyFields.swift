import HTTP
import JSON
import Migration
import SQL

/// The members of a body that a plain endpoint takes, as binds.
struct BodyFields {
  let binds: [Bind]

  init(_ fields: [BodyField], _ request: Request) throws(Problem) {
    var body = try RequestBody(request, known: fields.map(\.name))
    var binds: [Bind] = []
    for field in fields { binds.append(body.take(field)) }
    try body.check()
    self.binds = binds
  }
}

extension RequestBody {
  fileprivate mutating func take(_ field: BodyField) -> Bind {
    guard hasValue(field.name) else {
      if field.isRequired { refuse(field.name, malformed: "is missing") }
      return .null
    }
    switch field.form {
    case .text(let charactersMax):
      guard let text = take(field.name, "a string", { $0.string }) else { return .null }
      if text.isEmpty || text.unicodeScalars.count > charactersMax {
        refuse(field.name, impossible: "must have from 1 to \(charactersMax) characters")
      }
      return .text(text)
    case .choice(let choices):
      return .text(
        take(field.name, "one of \(choices.joined(separator: ", "))") { value in
          value.string.flatMap { choices.contains($0) ? $0 : nil }
        })
    case .uuid: return take(field.name, "a UUID", { $0.string.flatMap { UUIDValue($0) } }).map(Bind.uuid) ?? .null
    case .key: return take(field.name, "a whole number", Self.key).map(Bind.integer) ?? .null
    case .keys(let countMax):
      let keys = take(field.name, "a list of whole numbers") { value -> [Int]? in
        guard let values = value.array else { return nil }
        let keys = values.compactMap(Self.key)
        return keys.count == values.count ? keys : nil
      }
      guard let keys else { return .null }
      if keys.count > countMax { refuse(field.name, impossible: "may have \(countMax) items") }
      return .array(keys)
    }
  }

  private static func key(_ value: JSONValue) -> Int? { value.numberText.flatMap { Int($0) } }
}
