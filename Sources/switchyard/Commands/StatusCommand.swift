import Cutover
import EventLoop
import JSON
import Migration
import SQL

struct StatusCommand: Command {
  let name = "status"
  let summary = "Show how far each migration is and what its next step needs."
  let options = [
    Option(name: "migration", value: "NAME", help: "only this one"), Option(name: "json", help: "print it as JSON"),
  ]

  func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode {
    try await CommandContext(settings, on: loop).run { pool in
      let all = try await settings.migrations.here(in: pool)
      for migration in options.has("migration") ? [try options.migration(of: settings.migrations)] : all {
        let status = try await MigrationStatus.read(migration, pool)
        if options.has("json") {
          var json = JSONWriter()
          status.write(to: &json)
          print(String(decoding: json.finish(), as: UTF8.self))
        } else {
          print(StatusScreen(status, of: migration).text)
        }
      }
      return .done
    }
  }
}

/// A migration's status as text, on one screen.
struct StatusScreen {
  private static let movesShown = 5
  private static let daysShown = 3

  private let status: MigrationStatus
  private let migration: Migration

  init(_ status: MigrationStatus, of migration: Migration) {
    self.status = status
    self.migration = migration
  }

  var text: String {
    let evidence = status.evidence
    var lines = ["\(status.name): \(status.phase.rawValue)", ""]
    lines.append(
      "dual write      \(evidence.isDualWriting ? "on" : "off"), \(evidence.queued) \(migration.keyTitles) await repair"
    )
    for reason in evidence.queuedReasons { lines.append("                because \(reason)") }
    lines.append("verification    \(verification)")
    lines.append("reads new       \(names(evidence.services.filter(\.readsNew)))")
    lines.append("old table       \(evidence.unreadDays.map { "unread for \($0) days" } ?? "no recent usage sample")")
    for day in status.reads.prefix(Self.daysShown) {
      lines.append("reads \(day.day) \(day.old) old, \(day.new) new")
    }
    for note in status.notes {
      lines.append("\(note.name.padded(to: 16))\(note.state): \(note.detail)")
    }
    if !status.skipped.isEmpty {
      lines.append("not copied      \(status.skipped.map { "\($0.rows) \($0.reason)" }.joined(separator: ", "))")
    }
    lines += sizes + jobs + next + moves
    return lines.joined(separator: "\n")
  }

  private var verification: String {
    guard let verification = status.evidence.verification else { return "none yet" }
    return "\(verification.id): \(verification.isEqual ? "equal" : "NOT EQUAL")"
  }

  private func names(_ services: [Evidence.Service]) -> String {
    services.isEmpty
      ? "nothing" : services.map { "\($0.name)\($0.readsOld ? " (some)" : "")" }.joined(separator: ", ")
  }

  private var sizes: [String] {
    func sum(_ tables: [MigrationStatus.Table], _ size: (MigrationStatus.Table) -> Int) -> Int {
      tables.reduce(0) { $0 + size($1) }
    }
    let (new, old) = (status.tables.filter(\.isNew), status.tables.filter { !$0.isNew })
    var lines = ["", "\("table".padded(to: 30))\("rows".led(to: 12))\("size".led(to: 12))\("indexes".led(to: 12))"]
    for table in status.tables {
      lines.append(
        table.name.padded(to: 30) + (table.rows.map(String.init) ?? "?").led(to: 12)
          + Self.size(table.bytes).led(to: 12) + Self.size(table.indexBytes).led(to: 12))
    }
    let (oldBytes, newBytes) = (sum(old, \.bytes), sum(new, \.bytes))
    if oldBytes > 0, newBytes > 0 {
      lines.append("new is \((newBytes * 100 + oldBytes / 2) / oldBytes) % of old")
    }
    return lines
  }

  private var jobs: [String] {
    let rows = status.jobs
    guard !rows.isEmpty else { return [] }
    return [""]
      + (0..<min(rows.count, Self.movesShown)).map { row in
        func text(_ column: Int) -> String { rows.string(row: row, column: column) ?? "" }
        let error = rows.string(row: row, column: 7).map { ": \($0)" } ?? ""
        return "job \(text(0))  \(text(1)) \(rows.boolean(row: row, column: 3) ? "paused" : text(2))\(error)"
      }
  }

  private var next: [String] {
    let place = Phase.allCases.firstIndex(of: status.phase) ?? 0
    let (on, back) = (
      status.next.filter { Phase.allCases.firstIndex(of: $0.to)! > place },
      status.next.filter { Phase.allCases.firstIndex(of: $0.to)! < place }
    )
    return (on.isEmpty ? [] : ["", "next"] + on.map(line))
      + (back.isEmpty ? [] : ["", "back"] + back.map(line))
  }

  private func line(_ next: MigrationStatus.Next) -> String {
    let needs = next.missing.isEmpty ? "" : ", needs: " + next.missing.joined(separator: "; ")
    return "  \(next.to.rawValue.padded(to: 14))\(way(next.step))\(needs)"
  }

  private func way(_ move: String) -> String {
    guard let step = Step(rawValue: move) else { return "PATCH /api/admin/flags" }
    return migration.command(step.rawValue)
  }

  private var moves: [String] {
    guard !status.moves.isEmpty else { return [] }
    return ["", "so far"]
      + status.moves.prefix(Self.movesShown).map { move in
        "  \(move.at)  \(move.step) to \(move.to), by \(move.by)\(move.isForced ? ", forced" : "")"
          + (move.reason.map { ": \($0)" } ?? "")
      }
  }

  static func size(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), "B")
    for next in ["kB", "MB", "GB", "TB"] where value >= 1_000 { (value, unit) = (value / 1_000, next) }
    return unit == "B" ? "\(bytes) B" : "\((value * 10).rounded() / 10) \(unit)"
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
  fileprivate func led(to width: Int) -> String { String(repeating: " ", count: max(1, width - count)) + self }
}
