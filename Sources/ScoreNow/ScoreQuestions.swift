import SQL

/// What there is to score, asked of the schema that is written, and the statement that writes it.
struct ScoreQuestions {
  let pending: Statement
  let remaining: Statement
  let answers: Statement
  let backlog: Statement
  let backlogCount: Statement
  let insert: Statement

  static func old(in schema: TableSchema) -> ScoreQuestions {
    ScoreQuestions(
      pending: Statement(file: PackageResources.score_pending_sql, in: schema),
      remaining: Statement(file: PackageResources.score_remaining_sql, in: schema),
      answers: Statement(file: PackageResources.score_answers_sql, in: schema),
      backlog: Statement(file: PackageResources.score_backlog_sql, in: schema),
      backlogCount: Statement(file: PackageResources.score_backlog_count_sql, in: schema),
      insert: Statement(file: PackageResources.score_insert_sql, in: schema))
  }

  /// Once the old table is not written any more.
  static func new(in schema: TableSchema) -> ScoreQuestions {
    ScoreQuestions(
      pending: Statement(file: PackageResources.score_pending_new_sql, in: schema),
      remaining: Statement(file: PackageResources.score_remaining_new_sql, in: schema),
      answers: Statement(file: PackageResources.score_answers_new_sql, in: schema),
      backlog: Statement(file: PackageResources.score_backlog_new_sql, in: schema),
      backlogCount: Statement(file: PackageResources.score_backlog_count_new_sql, in: schema),
      insert: Statement(file: PackageResources.score_insert_new_sql, in: schema))
  }
}
