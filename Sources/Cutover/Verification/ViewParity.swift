import Migration
import SQL

/// The materialized view's cells against the tables that it is made of. A cell that waits for a refresh is no
/// difference: readers do not take it from the view.
struct ViewParity {
  private static let batchSubjects = 100

  private let run: JobRun

  init(_ run: JobRun) { self.run = run }

  func compare(_ state: Verification.State) async throws -> Verification.State {
    let subjects = try await run.database.query(run.migration.parity.subjects)
    let names = (0..<subjects.count).compactMap { subjects.string(row: $0, column: 0) }
    var state = state
    for start in stride(from: 0, to: names.count, by: Self.batchSubjects) {
      try await run.pass()
      let batch = Array(names[start..<min(start + Self.batchSubjects, names.count)])
      state = try await run.snapshot { session in
        var state = state
        let found = try await session.query(run.migration.parity.viewDifferences, [.array(batch)])
        try await Findings(state.id).add(differences: found, &state, in: session)
        return state
      }
    }
    return state
  }
}
