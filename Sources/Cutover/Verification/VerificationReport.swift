/// What came of a verification.
package struct VerificationReport: Codable, Sendable {
  package struct Counts: Codable, Equatable, Sendable {
    package var expected = 0
    package var actual = 0
  }

  /// The number under which its findings are kept.
  package var verification: Int
  package var equal: Bool
  /// Keys that were compared.
  package var results: Int
  package var tables: [String: Counts]
  package var differences: Int
  /// Old rows that have a reason to differ, by reason.
  package var explained: [String: Int]
  /// Pairs of answers that were compared.
  package var answers: Int
  /// Keys that were copied again before.
  package var repaired: Int?
}
