import FoundationEssentials

/// A long piece of work of one migration.
package struct Job: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case create, backfill, refresh, verify, settle, archive, restore, drop, truncate, remove
  }

  package enum State: String, Sendable {
    case queued, running, done, failed

    package var isOver: Bool { self == .done || self == .failed }
  }

  /// What was asked for. Fields that a kind does not know are not looked at.
  package struct Options: Codable, Sendable, Equatable {
    package var dry_run: Bool?
    /// Keys in one transaction; nil: as many as fit the time budget.
    package var batch_size: Int?
    package var force: Bool?
    /// Verify: mend what differs.
    package var repair: Bool?
    /// Create: watch what other programs write to the old table.
    package var mirror: Bool?

    package init() {}
  }

  package struct Progress: Codable, Sendable, Equatable {
    package var done: Int
    package var total: Int
    package var per_second: Double
    package var seconds_left: Double?
  }

  package let id: Int
  package let migration: String
  package let kind: Kind
  package let options: Options
  package let actor: Phases.Actor
  /// Where whoever ran it before had come to, as JSON.
  package let checkpoint: String?
}

/// A second job of a kind while the first is under way.
package struct JobUnderWay: Error, Equatable, CustomStringConvertible {
  package let kind: Job.Kind
  package let id: Int

  package var description: String { "a \(kind.rawValue) is under way already: job \(id)" }
}

/// A job that others have taken over, because its lease was not renewed in time.
package struct LeaseLost: Error, Equatable, CustomStringConvertible {
  package let id: Int

  package var description: String { "job \(id) was taken over by another process" }
}

/// JSON of what the control plane keeps for itself.
package enum ControlJSON {
  package static func text(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }

  package static func value<Value: Decodable>(_ text: String?, as type: Value.Type = Value.self) -> Value? {
    text.flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }
}
