import Migration

extension StepDefinition {
  static let refresh = StepDefinition(
    summary: "Refresh the views of the new schema; readers and writers go on meanwhile.",
    moves: [],
    phases: Phase.allCases.filter { $0 != .planned },
    rivals: [],
    next: { migration in
      migration.view.map { "\($0.name) is up to date." } ?? "\(migration.name) has no view to refresh."
    },
    work: { run in
      let refresh = ViewRefresh(run.migration, database: run.database)
      let isDue = try await refresh.isDue()
      if isDue { try await refresh.run() }
      return #"{"refreshed":\#(isDue)}"#
    })
}
