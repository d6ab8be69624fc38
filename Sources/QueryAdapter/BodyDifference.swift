import JSON

/// A value of a body that the other schema's body has otherwise.
package struct BodyDifference: Sendable, Equatable {
  /// For example `daily[3].avg_visibility`; empty: the body itself.
  package let path: String
  /// As JSON, cut off where it is long; nil: there is none.
  package let old: String?
  package let new: String?

  static let countMax = 20
  private static let charactersMax = 200

  /// One side knows the subject and the other does not.
  static let ofExistence = BodyDifference(path: "", old: nil, new: nil)

  /// The first ones, in the old body's order. Never empty for bodies of other bytes.
  static func find(old: [UInt8], new: [UInt8]) -> [BodyDifference] {
    guard let a = try? JSONReader.read(old), let b = try? JSONReader.read(new) else {
      return [
        BodyDifference(
          path: "", old: cut(String(decoding: old, as: UTF8.self)), new: cut(String(decoding: new, as: UTF8.self)))
      ]
    }
    var found: [BodyDifference] = []
    compare(a, b, at: "", &found)
    // The same values in other bytes: the order of keys, or white space.
    return found.isEmpty ? [BodyDifference(path: "", old: text(a), new: text(b))] : found
  }

  private static func compare(_ old: JSONValue?, _ new: JSONValue?, at path: String, _ found: inout [BodyDifference]) {
    guard found.count < countMax, old != new else { return }
    switch (old, new) {
    case (.object(let a)?, .object(let b)?):
      let names = a.map(\.name) + b.map(\.name).filter { name in !a.contains { $0.name == name } }
      for name in names {
        compare(old?[name], new?[name], at: path.isEmpty ? name : "\(path).\(name)", &found)
      }
    case (.array(let a)?, .array(let b)?):
      for index in 0..<max(a.count, b.count) {
        compare(
          index < a.count ? a[index] : nil, index < b.count ? b[index] : nil, at: "\(path)[\(index)]", &found)
      }
    default: found.append(BodyDifference(path: path, old: old.map(text), new: new.map(text)))
    }
  }

  private static func text(_ value: JSONValue) -> String {
    var json = JSONWriter()
    write(value, to: &json)
    return cut(String(decoding: json.finish(), as: UTF8.self))
  }

  private static func write(_ value: JSONValue, to json: inout JSONWriter) {
    switch value {
    case .null: json.null()
    case .boolean(let value): json.boolean(value)
    case .number(let text): json.verbatim(text)
    case .string(let text): json.string(text)
    case .array(let values):
      json.beginArray()
      for value in values { write(value, to: &json) }
      json.endArray()
    case .object(let members):
      json.beginObject()
      for member in members {
        json.key(member.name)
        write(member.value, to: &json)
      }
      json.endObject()
    }
  }

  private static func cut(_ text: String) -> String {
    text.count <= charactersMax ? text : "\(text.prefix(charactersMax))..."
  }
}
