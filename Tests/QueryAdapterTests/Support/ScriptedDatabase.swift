import SQL
import Synchronization

/// A database that answers by script: what each side says about a subject and its question.
final class ScriptedDatabase: Database, Sendable {
  enum Side: Sendable {
    case rows(subject: Rows, Rows)
    case failing(DatabaseError)
  }

  private let sides: [String: Side]
  private let beforeAnswer: @Sendable () -> Void
  private let asked = Mutex<[[(Statement, [Bind])]]>([])

  /// - Parameter sides: by the name of the subject's statement.
  init(_ sides: [String: Side], beforeAnswer: @escaping @Sendable () -> Void = {}) {
    self.sides = sides
    self.beforeAnswer = beforeAnswer
  }

  /// The names of what was asked, one element for each round trip.
  var names: [[String]] { asked.withLock { $0.map { $0.map { $0.0.name ?? "" } } } }

  /// What was bound, in the same order.
  var binds: [[[Bind]]] { asked.withLock { $0.map { $0.map(\.1) } } }

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    asked.withLock { $0.append(statements) }
    beforeAnswer()
    switch sides[statements[0].0.name ?? ""] {
    case .rows(let subject, let rows)?: return [subject, rows]
    case .failing(let error)?: throw error
    case nil: preconditionFailure("the script does not know \(statements[0].0)")
    }
  }

  func run(script: String) async throws(DatabaseError) { preconditionFailure("a reader runs no script") }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    try await body(Transaction(database: self))
  }

  /// Statement by statement; those without a name are taken.
  private struct Transaction: Session {
    let database: ScriptedDatabase

    func query(_ statement: Statement, _ binds: [Bind]) async throws(DatabaseError) -> Rows {
      guard let name = statement.name else { return Rows("nothing", rows: []) }
      database.asked.withLock { $0.append([(statement, binds)]) }
      database.beforeAnswer()
      let side = name.split(separator: ".").last == "old" ? "subject.old" : "subject.new"
      switch database.sides[side] {
      case .rows(let subject, let rows)?: return name.hasPrefix("subject") ? subject : rows
      case .failing(let error)?: throw error
      case nil: preconditionFailure("the script does not know \(statement)")
      }
    }

    func run(script: String) async throws(DatabaseError) {}
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
