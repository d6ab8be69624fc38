import EventLoop
import Migration

/// One thing that the program does.
protocol Command: Sendable {
  var name: String { get }
  var summary: String { get }
  var options: [Option] { get }

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode
}

struct Option: Sendable {
  /// Without the dashes.
  let name: String
  /// What its value is called; nil: it takes none.
  var value: String?
  let help: String
}

/// The options of one run.
struct GivenOptions: Sendable {
  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  func has(_ name: String) -> Bool { values[name] != nil }

  func text(_ name: String) -> String? { values[name] }

  /// A whole number.
  func count(_ name: String, default fallback: Int, from least: Int = 1) throws(UsageError) -> Int {
    guard let text = values[name] else { return fallback }
    guard let count = Int(text), count >= least else {
      throw UsageError(description: "--\(name) takes a whole number from \(least), not \"\(text)\"")
    }
    return count
  }
}

extension Option {
  static let migration = Option(
    name: "migration", value: "NAME", help: "which one, where there are several (default: brand-metrics)")
}

extension GivenOptions {
  func migration(of migrations: [Migration]) throws(UsageError) -> Migration {
    guard let name = text(Option.migration.name) else { return migrations.default }
    guard let migration = migrations.first(where: { $0.name == name }) else {
      let known = migrations.map(\.name).joined(separator: ", ")
      throw UsageError(description: "there is no migration \"\(name)\"; there are \(known)")
    }
    return migration
  }
}

struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// A command line that was understood.
struct Invocation: Sendable {
  let command: any Command
  let options: GivenOptions

  enum Parsed {
    case run(Invocation)
    case explain(String)
    case misused(String)
  }

  static func parse(_ arguments: [String], commands: [any Command]) -> Parsed {
    guard let name = arguments.first else { return .misused(overview(commands)) }
    if ["--help", "-h", "help"].contains(name) { return .explain(overview(commands)) }
    guard let command = commands.first(where: { $0.name == name }) else {
      return .misused("there is no command \"\(name)\"\n\n\(overview(commands))")
    }
    var values: [String: String] = [:]
    var rest = arguments.dropFirst()
    while let argument = rest.popFirst() {
      if argument == "--help" || argument == "-h" { return .explain(explanation(of: command)) }
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard argument.hasPrefix("--"), let option = command.options.first(where: { "--\($0.name)" == parts[0] }) else {
        return .misused("\(name) does not know \"\(argument)\"\n\n\(explanation(of: command))")
      }
      guard option.value != nil else {
        guard parts.count == 1 else { return .misused("--\(option.name) takes no value") }
        values[option.name] = ""
        continue
      }
      guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
        return .misused("--\(option.name) needs a value")
      }
      values[option.name] = value
    }
    return .run(Invocation(command: command, options: GivenOptions(values)))
  }

  private static func overview(_ commands: [any Command]) -> String {
    let width = commands.map(\.name.count).max() ?? 0
    let lines = commands.map { "  \($0.name.padded(to: width))  \($0.summary)" }
    return "usage: switchyard <command> [options]\n\n\(lines.joined(separator: "\n"))\n\n"
      + "\"switchyard <command> --help\" tells more. Settings come from the environment; the README lists them."
  }

  private static func explanation(of command: any Command) -> String {
    let options = command.options + [Option(name: "help", help: "this text")]
    let names = options.map { "--\($0.name)\($0.value.map { " \($0)" } ?? "")" }
    let width = names.map(\.count).max() ?? 0
    let lines = zip(names, options).map { "  \($0.padded(to: width))  \($1.help)" }
    return "usage: switchyard \(command.name) [options]\n\n\(command.summary)\n\n\(lines.joined(separator: "\n"))"
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
