import SQL

/// What there is to score, asked of the schema that is written, and the statement that writes it.
struct ScoreQuestions {
  let pending: Statement
  let remaining: Statement
  let answers: Statement
  let backlog: Statement
  let backlogCount: Statement
  let insert: Statement

  static let old = ScoreQuestions(
    pending: Statement(file: PackageResources.score_pending_sql),
    remaining: Statement(file: PackageResources.score_remaining_sql),
    answers: Statement(file: PackageResources.score_answers_sql),
    backlog: Statement(file: PackageResources.score_backlog_sql),
    backlogCount: Statement(file: PackageResources.score_backlog_count_sql),
    insert: Statement(file: PackageResources.score_insert_sql))

  /// Once the old table is not written any more.
  static let new = ScoreQuestions(
    pending: Statement(file: PackageResources.score_pending_new_sql),
    remaining: Statement(file: PackageResources.score_remaining_new_sql),
    answers: Statement(file: PackageResources.score_answers_new_sql),
    backlog: Statement(file: PackageResources.score_backlog_new_sql),
    backlogCount: Statement(file: PackageResources.score_backlog_count_new_sql),
    insert: Statement(file: PackageResources.score_insert_new_sql))
}
