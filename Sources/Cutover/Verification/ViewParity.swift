import Migration
import SQL

/// The materialized view's cells against the tables that it is made of. A cell that waits for a refresh is no
/// difference: readers do not take it from the view.
struct ViewParity {
  private static let batchSubjects = 100

  private let view: RefreshedView
  private let run: JobRun

  init(_ view: RefreshedView, _ run: JobRun) {
    self.view = view
    self.run = run
  }

  func compare(_ state: Verification.State) async throws -> Verification.State {
    let subjects = try await run.database.query(run.migration.parity.subjects)
    let names = (0..<subjects.count).compactMap { subjects.string(row: $0, column: 0) }
    var state = state
    while case let batch = Array(names.following(state.viewed).prefix(Self.batchSubjects)), !batch.isEmpty {
      try await run.pass()
      let found = try await run.snapshot { session in
        try await session.query(view.differences, [.array(batch)])
      }
      state = try await run.keep(state) { state, session in
        try await Findings(state.id).add(differences: found, &state, in: session)
        state.viewed = batch.last
      }
    }
    return state
  }
}

extension [String] {
  /// What comes after one of them; all where there is none.
  func following(_ last: String?) -> ArraySlice<String> {
    last.flatMap { firstIndex(of: $0) }.map { self[($0 + 1)...] } ?? self[...]
  }
}
