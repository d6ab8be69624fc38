import SQL

/// What a verification found, in the database, from where reports are written.
struct Findings {
  /// Differences that are kept; more are only counted.
  static let differencesMax = 10_000

  private let verification: Int

  init(_ verification: Int) { self.verification = verification }

  /// - Parameter differences: columns as of `Parity.differences`.
  func add(
    differences rows: Rows, _ state: inout Verification.State, in session: any Session
  ) async throws(DatabaseError) {
    for row in 0..<min(rows.count, max(0, Self.differencesMax - state.differences)) {
      _ = try await session.query(
        Statement(file: PackageResources.difference_add_sql),
        [.integer(verification)] + (0..<6).map { Bind.text(rows.string(row: row, column: $0)) })
    }
    state.differences += rows.count
  }

  /// - Parameter explained: columns as of `Parity.explained`.
  func add(
    explained rows: Rows, _ state: inout Verification.State, in session: any Session
  ) async throws(DatabaseError) {
    guard !rows.isEmpty else { return }
    let reasons = (0..<rows.count).map { rows.string(row: $0, column: 3) ?? "" }
    let skipped = (0..<rows.count).map { rows.boolean(row: $0, column: 4) ? "true" : "false" }
    let subjects = (0..<rows.count).map { rows.string(row: $0, column: 5) }
    for reason in reasons { state.explained[reason, default: 0] += 1 }
    _ = try await session.query(
      Statement(file: PackageResources.explained_add_sql),
      [.integer(verification)] + rows.oldRows.binds + [.array(reasons), .array(skipped), .array(subjects)])
  }

  /// A service's answer.
  func add(
    answer path: String, about question: String, _ state: inout Verification.State, in session: any Session
  ) async throws(DatabaseError) {
    state.differences += 1
    _ = try await session.query(
      Statement(file: PackageResources.difference_add_sql),
      [.integer(verification), .text(path), .null, .text(question), .null, .null, .null])
  }
}
