import SQL

/// A database that is lost at its n-th transaction, and stays away.
final class LostDatabase: Database {
  enum Moment: CaseIterable {
    case inIt
    /// It is carried out, and its answer lost.
    case afterIt
  }

  private let database: any Database
  private let moment: Moment
  private let last: Int
  private var begun = 0
  /// Called when it is lost.
  var tell: () -> Void = {}

  /// - Parameter last: counted from 1.
  init(_ database: any Database, _ moment: Moment, _ last: Int) {
    self.database = database
    self.moment = moment
    self.last = last
  }

  var isLost: Bool { begun >= last }

  private static let loss = DatabaseError(.connectionLost, doing: "a loss on purpose")

  func read(_ statements: [(Statement, [Bind])]) async throws(DatabaseError) -> [Rows] {
    if isLost { throw Self.loss }
    return try await database.read(statements)
  }

  func run(script: String) async throws(DatabaseError) {
    if isLost { throw Self.loss }
    try await database.run(script: script)
  }

  func transaction<Result>(_ body: (any Session) async throws -> Result) async throws -> Result {
    begun += 1
    if begun == last { tell() }
    if begun > last { throw Self.loss }
    guard isLost else { return try await database.transaction(body) }
    _ = try await database.transaction { session in
      _ = try await body(session)
      if case .inIt = moment { throw Self.loss }
    }
    throw Self.loss
  }
}
