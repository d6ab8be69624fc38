import SQL
import Synchronization

/// A database that answers by script: what each side says about a subject and its question.
final class ScriptedDatabase: Database, Sendable {
  enum Side: Sendable {
    case rows(subject: Rows, Rows)
    case failing(DatabaseError)
  }

  private let sides: [String: Side]
  private let hasConnection: Bool
  private let beforeAnswer: @Sendable (String) async -> Void
  private let asked = Mutex<[[(Statement, [Bind])]]>([])

  /// - Parameters:
  ///   - sides: by the name of the subject's statement.
  ///   - hasConnection: for snapshots.
  ///   - beforeAnswer: is given that name.
  init(
    _ sides: [String: Side], hasConnection: Bool = true,
    beforeAnswer: @escaping @Sendable (String) async -> Void = { _ in }
  ) {
    self.sides = sides
    self.hasConnection = hasConnection
    self.beforeAnswer = beforeAnswer
  }

  /// The names of what was asked, one element for each round trip.
  var names: [[String]] { asked.withLock { $0.map { $0.map { $0.0.name ?? "" } } } }

  /// What was bound, in the same order.
  var binds: [[[Bind]]] { asked.withLock { $0.map { $0.map(\.1) } } }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    asked.withLock { $0.append(statements) }
    let limits = statements.prefix { $0.0.name == "time_limit" }
    let name = statements[limits.count].0.name ?? ""
    await beforeAnswer(name)
    switch sides[name] {
    case .rows(let subject, let rows)?: return limits.map { _ in Rows("limit", rows: [["1"]]) } + [subject, rows]
    case .failing(let error)?: throw error
    case nil: preconditionFailure("the script does not know \(name)")
    }
  }

  func run(script: String) async throws(DatabaseError) { preconditionFailure("a reader runs no script") }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    preconditionFailure("a reader writes nothing")
  }

  func snapshot<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    guard hasConnection else { throw DatabaseError(.unavailable, doing: "begin a transaction") }
    return try await body(Snapshot(database: self))
  }

  private struct Snapshot: Session {
    let database: ScriptedDatabase

    func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
      preconditionFailure("a side is one round trip")
    }

    func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
      try await database.read(statements)
    }

    func run(script: String) async throws(DatabaseError) { preconditionFailure("a reader runs no script") }
  }
}

extension Rows {
  /// - Parameter names: columns `name`, `name#` (a number), `name?` (a boolean) and `name{}` (JSON).
  init(_ names: String..., rows: [[String?]]) {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for row in rows {
      precondition(row.count == names.count)
      for cell in row {
        bytes += Array((cell ?? "").utf8)
        ends.append(cell == nil ? ~bytes.count : bytes.count)
      }
    }
    let columns = names.map { name in
      for (mark, form) in [("#", Form.number), ("?", .boolean), ("{}", .json)] where name.hasSuffix(mark) {
        return Column(name: String(name.dropLast(mark.count)), form: form)
      }
      return Column(name: name, form: .text)
    }
    self.init(columns: columns, bytes: bytes, ends: ends, affected: rows.count)
  }
}
