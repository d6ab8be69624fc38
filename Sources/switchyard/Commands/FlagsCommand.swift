import Cutover
import EventLoop
import JSON
import Migration
import Postgres
import Rollout
import RowJSON
import SQL

struct FlagsCommand: Command {
  let name = "flags"
  let summary = "Show which schema answers each service, or change it."
  let options = [
    Option(name: "service", value: "NAME", help: "the service to change; all of them with --off"),
    Option(name: "on", help: "read new, for the share of users that --canary says"),
    Option(name: "off", help: "read old; without --service, everything at once"),
    Option(name: "canary", value: "PERCENT", help: "the share of users that read new, with two decimals"),
    Option(name: "force", help: "read new although the migration is not verified; it is recorded"),
    Option(name: "reason", value: "TEXT", help: "why, for the record; needed with --force"),
    Option(name: "json", help: "print the flags as JSON"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    let change = try Change(options, settings.migrations)
    return try await CommandContext(settings, on: loop).run { pool in
      let store = ControlStore(database: pool, migrations: settings.migrations)
      let made: FlagPropagation.Change? =
        switch change {
        case nil: nil
        case .rollBack(let reason)?: try await store.rollBack(by: CurrentUser.name, reason: reason)
        case .flag(let service, let fields, let reason)?:
          try await store.change(
            flagOf: service, fields, ifVersion: nil, by: CurrentUser.name, reason: reason,
            isForcing: options.has("force"))
        }
      if let made { Self.tell(try await FlagPropagation(pool, on: loop).wait(for: made)) }
      let rows = try await store.listFlags()
      if options.has("json") {
        var json = JSONWriter()
        json.array(of: rows)
        print(String(decoding: json.finish(), as: UTF8.self))
      } else {
        for row in 0..<rows.count {
          let isOn = rows.boolean(row: row, column: 1)
          print(
            "\(rows.string(row: row, column: 0) ?? ""): \(isOn ? "new for \(rows.string(row: row, column: 2) ?? "") %" : "old")"
          )
        }
      }
      return .done
    }
  }

  /// On standard error, so that `--json` stays JSON.
  private static func tell(_ outcome: FlagPropagation.Outcome) {
    let count = outcome.acknowledged.count
    complain("\(count) \(count == 1 ? "server obeys" : "servers obey") the change")
    for process in outcome.lapsed { complain("\(process) is gone, or cannot be reached and reads old") }
    for process in outcome.unknown { complain("\(process) has not answered and may still obey what was before") }
  }

  private enum Change {
    case flag(service: String, fields: String, reason: String?)
    case rollBack(reason: String?)

    init?(_ options: GivenOptions, _ migrations: [Migration]) throws(UsageError) {
      let reason = options.text("reason")
      guard !options.has("force") || reason?.isEmpty == false else {
        throw UsageError(description: "--force needs --reason TEXT: it is recorded")
      }
      guard options.has("on") || options.has("off") || options.has("canary") else {
        guard !options.has("service") else { throw UsageError(description: "--service needs --on, --off or --canary") }
        return nil
      }
      guard !(options.has("on") && options.has("off")) else {
        throw UsageError(description: "--on and --off exclude each other")
      }
      guard let service = options.text("service") else {
        guard options.has("off"), !options.has("canary") else { throw UsageError(description: "--service is missing") }
        self = .rollBack(reason: reason)
        return
      }
      guard migrations.flatMap(\.services).contains(where: { $0.name == service }) else {
        let known = migrations.flatMap(\.services).map(\.name).joined(separator: ", ")
        throw UsageError(description: "there is no service \"\(service)\"; there are \(known)")
      }
      var fields: [String] = []
      if options.has("on") || options.has("off") { fields.append("\"use_new_schema\":\(options.has("on"))") }
      if let canary = options.text("canary") {
        guard let percent = try? Percent(number: canary) else {
          throw UsageError(description: "--canary takes a percentage with two decimals, not \"\(canary)\"")
        }
        fields.append("\"canary_percent\":\(percent)")
      }
      self = .flag(service: service, fields: "{\(fields.joined(separator: ","))}", reason: reason)
    }
  }
}
