import CivilTime
import JSON

/// One line of the log.
struct LogLine {
  private let at: Moment
  private let level: Log.Level
  private let message: String
  private let fields: KeyValuePairs<String, String>

  init(at: Moment, _ level: Log.Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
    self.at = at
    self.level = level
    self.message = message
    self.fields = fields
  }

  func formatted(_ format: Log.Format) -> String {
    switch format {
    case .json: json
    case .text: text
    }
  }

  private var json: String {
    var json = JSONWriter()
    json.beginObject()
    json.key("at")
    json.string(at.description)
    json.key("level")
    json.string(level.rawValue)
    json.key("message")
    json.string(message)
    for (name, value) in fields {
      json.key(name)
      json.string(value)
    }
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self) + "\n"
  }

  private static let escaped: Set<Unicode.GeneralCategory> = [.control, .lineSeparator, .paragraphSeparator]

  /// Control characters are escaped, so that no value can fake a line.
  private var text: String {
    let pairs = fields.map { " \($0.key)=\($0.value)" }.joined()
    let line = "\(at) \(level.rawValue) \(message)\(pairs)"
    return String(
      String.UnicodeScalarView(
        line.unicodeScalars.flatMap { scalar in
          Self.escaped.contains(scalar.properties.generalCategory)
            ? Array("\\u{\(String(scalar.value, radix: 16))}".unicodeScalars) : [scalar]
        })) + "\n"
  }
}
