import Migration
package import Rollout
package import SQL

/// What both schemas say to one question, on one snapshot: a difference is a difference, never a race.
package struct Comparison: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    case same
    case different
    case oldFailed = "old_failed"
    case newFailed = "new_failed"
    case bothFailed = "both_failed"
  }

  /// A difference that was asked again.
  package enum Verdict: String, Sendable, CaseIterable {
    /// The schemas still differ, and nothing tells why.
    case different
    /// They say the same by now.
    case repaired
    /// They say the same where old rows that are not copied are left out, or rows are known to be answered differently.
    case explained
    /// A side fails, or results are under repair.
    case notComparable = "not_comparable"
  }

  package let outcome: Outcome
  /// The first few, where the outcome is `different`.
  package let differences: [BodyDifference]
  package let oldMicroseconds: Int
  package let newMicroseconds: Int

  /// - Parameters:
  ///   - first: the side that is asked first, and finds what both read in no cache.
  ///   - database: its connections' time limit for statements is the deadline of each side.
  /// - Returns: nil where nothing can be compared: the database is away, there is no such subject, or results of it are
  ///   under repair.
  package static func make(of question: Question, asking first: Schema, in database: any Database) async -> Comparison?
  {
    try? await database.transaction { session in
      _ = try await session.query(Statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
      return try await make(of: question, asking: first, in: session)
    }
  }

  /// In a transaction with one snapshot.
  package static func make(
    of question: Question, asking first: Schema, in session: any Session
  ) async throws -> Comparison? {
    let one = try await ask(first, question, in: session)
    let other = try await ask(first == .old ? .new : .old, question, in: session)
    return first == .old ? Comparison(old: one, new: other) : Comparison(old: other, new: one)
  }

  private typealias Side = (answer: SideAnswer, microseconds: Int)

  private init?(old: Side, new: Side) {
    oldMicroseconds = old.microseconds
    newMicroseconds = new.microseconds
    var differences: [BodyDifference] = []
    switch (old.answer, new.answer) {
    case (_, .needsRepair), (.needsRepair, _), (.unknownSubject, .unknownSubject): return nil
    case (.body(let a), .body(let b)) where a == b: outcome = .same
    case (.body(let a), .body(let b)):
      outcome = .different
      differences = BodyDifference.find(old: a, new: b)
    case (.body, .unknownSubject), (.unknownSubject, .body):
      outcome = .different
      differences = [.ofExistence]
    case (.failed, .failed): outcome = .bothFailed
    case (.failed, _): outcome = .oldFailed
    case (_, .failed): outcome = .newFailed
    }
    self.differences = differences
  }

  /// A statement that is refused must not take the other side's with it; a lost connection does.
  private static func ask(_ schema: Schema, _ question: Question, in session: any Session) async throws -> Side {
    let began = ContinuousClock.now
    try await session.run(script: "SAVEPOINT side")
    switch await rows(schema, question, in: session) {
    case .success(let rows):
      return (SideAnswer(subject: rows[0], rows: rows[1], question), began.microseconds)
    case .failure(let error):
      guard error.state != nil || error.cause == .timedOut else { throw error }
      let microseconds = began.microseconds
      try await session.run(script: "ROLLBACK TO SAVEPOINT side")
      return (.failed(error), microseconds)
    }
  }

  private static func rows(
    _ schema: Schema, _ question: Question, in session: any Session
  ) async -> Result<[Rows], DatabaseError> {
    var rows: [Rows] = []
    do {
      for (statement, binds) in question.statements(for: schema) {
        rows.append(try await session.query(statement, binds))
      }
    } catch { return .failure(error) }
    return .success(rows)
  }
}

extension ContinuousClock.Instant {
  fileprivate var microseconds: Int { Int((ContinuousClock.now - self) / .microseconds(1)) }
}
