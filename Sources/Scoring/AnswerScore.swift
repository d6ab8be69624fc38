/// What one answer says about a brand and its competitors.
package struct AnswerScore: Hashable, Sendable {
  /// Tokens in the answer.
  package let totalWordCount: Int
  package let brand: EntityScore
  /// One for every competitor of the roster, in its order.
  package let competitors: [EntityScore]
}

/// The mentions, metrics and computed sentiment of the brand or of one competitor.
package struct EntityScore: Hashable, Sendable {
  /// The token, counted from 1, at which each mention starts, ascending.
  package let positions: [Int]
  /// How early and how often the entity is mentioned, 0 to 100.
  package let visibility: Hundredths
  /// The entity's part of all mentions, 0 to 100.
  package let share: Hundredths
  /// Nil without a mention, and for a brand whose sentiment is supplied.
  package let sentiment: Sentiment?

  package var firstPosition: Int? { positions.first }
  package var mentions: Int { positions.count }
}
