import Catalog
import FoundationEssentials
import Migration
import Observability
import Postgres

/// What the environment and the file `.env` say. The environment wins.
struct Settings: Sendable {
  /// nil: a private PostgreSQL.
  let databaseURL: String?
  /// nil: the same database.
  let readDatabaseURL: String?
  let host: String
  let port: UInt16
  let adminToken: String?
  let workers: Int
  /// For each worker.
  let databaseConnections: Int
  let statementTimeoutMilliseconds: Int
  let refreshIntervalSeconds: Int
  let logLevel: Log.Level
  let logFormat: Log.Format
  /// In the schemas that settings name.
  let migrations: [Migration]

  static func read() throws(SettingsError) -> Settings {
    var values = (try? String(contentsOfFile: ".env", encoding: .utf8)).map(parse) ?? [:]
    values.merge(ProcessInfo.processInfo.environment) { _, environment in environment }
    return try Settings(values)
  }

  init(_ values: [String: String]) throws(SettingsError) {
    var wrong: [String] = []
    func text(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }
    func number(_ name: String, _ range: ClosedRange<Int>, default fallback: Int) -> Int {
      guard let text = text(name) else { return fallback }
      guard let number = Int(text), range.contains(number) else {
        wrong.append("\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return fallback
      }
      return number
    }
    func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, default fallback: Choice) -> Choice
    where Choice.RawValue == String {
      guard let text = text(name) else { return fallback }
      guard let choice = Choice(rawValue: text) else {
        wrong.append("\(name) must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        return fallback
      }
      return choice
    }
    func database(_ name: String) -> String? {
      guard let url = text(name) else { return nil }
      if (try? ConnectionSettings(url: url, statementMillisecondsMax: nil)) == nil {
        wrong.append("\(name) must be a postgresql:// URL, or keyword=value pairs that libpq understands")
      }
      return url
    }
    databaseURL = database("DATABASE_URL")
    readDatabaseURL = database("READ_DATABASE_URL")
    host = text("HOST") ?? "127.0.0.1"
    port = UInt16(number("PORT", 0...65_535, default: 8_080))
    adminToken = text("ADMIN_TOKEN")
    workers = number("WORKERS", 1...256, default: max(1, ProcessInfo.processInfo.activeProcessorCount / 2))
    databaseConnections = number("DB_CONNECTIONS", 1...1_000, default: 4)
    statementTimeoutMilliseconds = number("STATEMENT_TIMEOUT_MS", 1...3_600_000, default: 5_000)
    refreshIntervalSeconds = number("REFRESH_INTERVAL_S", 1...86_400, default: 60)
    logLevel = choice("LOG_LEVEL", default: .info)
    logFormat = choice("LOG_FORMAT", default: .text)
    do throws(Catalog.BadSetting) { migrations = try Catalog(settings: text).migrations } catch {
      migrations = Catalog().migrations
      wrong.append("\(error)")
    }
    if !wrong.isEmpty { throw SettingsError(wrong: wrong) }
  }

  /// Lines `NAME=value`; blank lines, `# comments`, a leading `export` and quotes around the value are understood.
  static func parse(_ text: String) -> [String: String] {
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) {
      var line = line.drop { $0.isWhitespace }
      if line.hasPrefix("export ") { line = line.dropFirst("export ".count) }
      guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { continue }
      let name = line[..<equals].filter { !$0.isWhitespace }
      var value = line[line.index(after: equals)...].drop { $0.isWhitespace }
      while value.last?.isWhitespace == true { value.removeLast() }
      if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
        value = value.dropFirst().dropLast()
      }
      values[String(name)] = String(value)
    }
    return values
  }
}

struct SettingsError: Error, CustomStringConvertible {
  let wrong: [String]
  var description: String { wrong.joined(separator: "\n            ") }
}
