/// A statement that was not carried out. Names what failed; never carries a value from a row or a request.
package struct DatabaseError: Error, Equatable, CustomStringConvertible {
  package enum Cause: Equatable, Sendable {
    /// PostgreSQL refused it.
    case refused(SQLState)
    /// No connection could be had: the server is away, or every place in the queue is taken.
    case unavailable
    /// The connection broke while the statement was under way: whether it took effect is unknown.
    case connectionLost
    /// The statement was not answered in time and was cancelled.
    case timedOut
  }

  package let cause: Cause
  /// The statement's name, or what was being done.
  package let doing: String
  /// What PostgreSQL named: a table, column or constraint, or, for errors that speak only of our own SQL, its message.
  package let detail: String?
  /// PostgreSQL's own message, which may carry values: for operators, and never in an answer to the public.
  package let message: String?

  package init(_ cause: Cause, doing: String, detail: String? = nil, message: String? = nil) {
    self.cause = cause
    self.doing = doing
    self.detail = detail
    self.message = message
  }

  package static func == (one: DatabaseError, other: DatabaseError) -> Bool {
    (one.cause, one.doing, one.detail) == (other.cause, other.doing, other.detail)
  }

  /// For operators: with PostgreSQL's own words.
  package var report: String {
    guard let message, case .refused(let state) = cause else { return description }
    return "\(message) (SQLSTATE \(state)) while running \(doing)"
  }

  /// The prepared statement is gone, or no longer fits the tables; preparing it anew mends it.
  package var isStalePlan: Bool { state == .invalidStatementName || state == .featureNotSupported }

  package var state: SQLState? { if case .refused(let state) = cause { state } else { nil } }

  package var description: String {
    let what =
      switch cause {
      case .refused(let state): "PostgreSQL refused it with SQLSTATE \(state)"
      case .unavailable: "the database is not available"
      case .connectionLost: "the connection to the database was lost"
      case .timedOut: "the database did not answer in time"
      }
    return "\(doing): \(what)\(detail.map { " (\($0))" } ?? "")"
  }
}

/// A five-character SQLSTATE (PostgreSQL appendix A).
package struct SQLState: Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ code: String) { description = code }

  /// The first two characters.
  package var errorClass: Substring { description.prefix(2) }

  package static let undefinedTable = SQLState("42P01")
  package static let invalidStatementName = SQLState("26000")
  package static let featureNotSupported = SQLState("0A000")
  package static let characterNotInRepertoire = SQLState("22021")
  package static let inFailedTransaction = SQLState("25P02")
  package static let uniqueViolation = SQLState("23505")
  package static let queryCanceled = SQLState("57014")
  package static let programLimitExceeded = SQLState("54000")
  package static let lockNotAvailable = SQLState("55P03")
  package static let serializationFailure = SQLState("40001")
  package static let deadlockDetected = SQLState("40P01")

  /// The server, not the statement, is why: shutting down, starting, out of connections or memory.
  package var isServerTrouble: Bool { ["08", "53", "57", "58"].contains(errorClass) && self != .queryCanceled }

  /// The primary message of these speaks of our SQL and of the server, never of values.
  package var hasHarmlessMessage: Bool { ["08", "0A", "25", "26", "42", "53", "55", "57"].contains(errorClass) }
}
