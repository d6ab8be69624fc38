import FoundationEssentials
import JSON

/// A long piece of work of one migration.
package struct Job: Sendable {
  package enum State: String, Sendable, CaseIterable {
    case queued, running, done, failed

    package var isOver: Bool { self == .done || self == .failed }
  }

  /// What was asked for. Fields that a kind does not know are not looked at.
  package struct Options: Codable, Sendable, Equatable {
    package var dry_run: Bool?
    /// Keys in one transaction; nil: as many as fit the time budget.
    package var batch_size: Int?
    package var force: Bool?
    /// How many old rows may be in no new table.
    package var accept_skipped: Int?
    /// Columns of old tables whose values may be left behind, as `table.column`.
    package var accept_columns: [String]?
    /// Mend what differs.
    package var repair: Bool?

    package init() {}

    /// Whether the same is to come of it, however large its steps are.
    func isSameWork(as other: Options) -> Bool {
      var other = other
      other.batch_size = batch_size
      return self == other
    }
  }

  package struct Progress: Sendable, Equatable {
    package var done: Int
    package var total: Int
    package var perSecond: Int
    package var secondsLeft: Int?
    /// What the work waits for, a sentence each.
    package var waitingFor: [String] = []

    /// As the API shows it.
    var json: String {
      var json = JSONWriter()
      json.beginObject()
      json.key("done")
      json.integer(done)
      json.key("total")
      json.integer(total)
      json.key("per_second")
      json.integer(perSecond)
      json.key("seconds_left")
      if let secondsLeft { json.integer(secondsLeft) } else { json.null() }
      if !waitingFor.isEmpty {
        json.key("waiting_for")
        json.beginArray()
        for text in waitingFor { json.string(text) }
        json.endArray()
      }
      json.endObject()
      return String(decoding: json.finish(), as: UTF8.self)
    }
  }

  package let id: Int
  package let migration: String
  package let step: Step
  package let options: Options
  package let actor: Phases.Actor
  /// Where whoever ran it before had come to, as JSON.
  package let checkpoint: String?
}

/// A job while another one is under way that it cannot stand beside: of its own kind, or one that moves the ground
/// beneath it.
package struct JobUnderWay: Error, Equatable, CustomStringConvertible {
  package let step: Step
  package let id: Int

  package var description: String { "\(step.rawValue) is under way already: job \(id)" }
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
