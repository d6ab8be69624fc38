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
    /// They say the same where old rows that are not copied are skipped, or rows are known to be answered differently.
    case explained
    /// A side fails, or results are under repair.
    case notComparable = "not_comparable"
  }

  package let outcome: Outcome
  /// The first few, where the outcome is `different`.
  package let differences: [BodyDifference]
  package let oldMicroseconds: Int
  package let newMicroseconds: Int

  /// Milliseconds that each side may take; nil: as long as the database lets it.
  struct Limits {
    let first: Int?
    let other: Int
  }

  /// Asks the side that answers a request, and when that is told the other one, in the same snapshot.
  /// - Parameter answered: called once. nil: the connection broke, or has to prepare its statements anew; ask without.
  /// - Returns: nil where nothing can be compared: there is no such subject, results of it are under repair, or the
  ///   connection broke.
  static func make(
    of question: Question, asking first: Schema, within limits: Limits, in database: any Database,
    answered: (SideAnswer?) -> Void
  ) async -> Comparison? {
    let other: Schema = first == .old ? .new : .old
    var one: Side?
    var two: Side?
    var isAnswered = false
    try? await database.snapshot { session in
      one = await ask(first, question, within: limits.first, in: session)
      isAnswered = true
      answered(one?.answer)
      if one?.answer.isUsable == true { two = await ask(other, question, within: limits.other, in: session) }
    }
    if !isAnswered { answered(nil) }
    if case .failed? = one?.answer {
      // Its snapshot is of no more use, and only whether the other side fails too is to be known.
      try? await database.snapshot { two = await ask(other, question, within: limits.other, in: $0) }
    }
    guard let one, let two else { return nil }
    return first == .old ? Comparison(old: one, new: two) : Comparison(old: two, new: one)
  }

  /// In a transaction with one snapshot, which goes on whatever fails.
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
    try await session.run(script: "SAVEPOINT side")
    guard let side = await ask(schema, question, within: nil, in: session) else {
      throw DatabaseError(.connectionLost, doing: question.endpoint.path)
    }
    if case .failed = side.answer { try await session.run(script: "ROLLBACK TO SAVEPOINT side") }
    return side
  }

  /// In one round trip, with its limit. nil: the connection broke, or has to prepare its statements anew.
  private static func ask(
    _ schema: Schema, _ question: Question, within milliseconds: Int?, in session: any Session
  ) async -> Side? {
    let settings: [(Statement, [Bind])] = milliseconds.map { [(timeLimit, [.integer($0)])] } ?? []
    let began = ContinuousClock.now
    do {
      let rows = try await session.read(settings + question.statements(for: schema))
      return (SideAnswer(rows[settings.count...], schema, question), began.microseconds)
    } catch {
      guard !error.isStalePlan, error.state != nil || error.cause == .timedOut else { return nil }
      return (.failed(error), began.microseconds)
    }
  }

  private static let timeLimit = Statement(
    name: "time_limit", "SELECT set_config('statement_timeout', $1::text, true)")
}

extension ContinuousClock.Instant {
  fileprivate var microseconds: Int { Int((ContinuousClock.now - self) / .microseconds(1)) }
}
