package import SQL

/// What is asked of the new schema about one subject sees nothing of the others, where the subject has a scope.
extension Subject {
  private static let enter = Statement(
    name: "enter_scope", "SELECT set_config('switchyard.role', current_setting('role'), true)")
  private static let leave = Statement(
    name: "leave_scope", "SELECT set_config('role', current_setting('switchyard.role'), true)")

  /// For one round trip in one transaction, which goes on as it was before. `rows(ofScoped:)` takes what comes of it.
  package func scoped(_ statement: Statement, _ binds: [Bind], id: String) -> [(Statement, [Bind])] {
    guard let scope else { return [(statement, binds)] }
    return [(Self.enter, []), (scope, self.binds(id: id)), (statement, binds), (Self.leave, [])]
  }

  /// The statement's rows; nil: the subject has no scope, so they must not be used.
  package func rows(ofScoped rows: ArraySlice<Rows>) -> Rows? {
    guard scope != nil else { return rows.first }
    let rows = rows.dropFirst()
    return rows.first?.isEmpty == false ? rows.dropFirst().first : nil
  }
}
