/// An old table of the content pipeline, as its README's table of columns has it.
package struct ContentSource: Sendable {
  package enum Part: String, Sendable, CaseIterable {
    case queue, posted, metrics
  }

  package let table: String
  package let part: Part
  /// New columns, and what they are called here.
  package let columns: [(new: String, old: String)]
  package let hasUpdates: Bool

  /// What the old column is called.
  package func old(_ column: String) -> String? { columns.first { $0.new == column }?.old }

  package static let all = [
    ContentSource(
      table: "content_metadata", part: .queue,
      columns: [
        ("content", "content"), ("status", "status"), ("scheduled_at", "scheduled_at"),
        ("generator_name", "generator_name"), ("topic", "topic"), ("angle", "angle"), ("tone", "tone"),
        ("visual_format", "visual_format"),
      ], hasUpdates: true),
    ContentSource(
      table: "content_generation_metadata_comprehensive", part: .queue,
      columns: [
        ("content", "content_text"), ("status", "generation_status"), ("scheduled_at", "scheduled_for"),
        ("generator_name", "generator_used"), ("topic", "topic"), ("angle", "angle"), ("tone", "tone"),
        ("visual_format", "visual_format"),
      ], hasUpdates: true),
    ContentSource(
      table: "posted_decisions", part: .posted,
      columns: [
        ("tweet_id", "tweet_id"), ("content", "content"), ("posted_at", "posted_at"),
        ("generator_name", "generator_name"), ("topic", "topic"), ("angle", "angle"),
      ], hasUpdates: false),
    ContentSource(
      table: "tweets", part: .posted,
      columns: [
        ("tweet_id", "tweet_id"), ("content", "text"), ("posted_at", "posted_at"), ("generator_name", "generator"),
      ], hasUpdates: true),
    ContentSource(
      table: "posts", part: .posted,
      columns: [
        ("tweet_id", "post_id"), ("content", "body"), ("posted_at", "published_at"), ("topic", "topic"),
        ("angle", "angle"),
      ], hasUpdates: false),
    ContentSource(
      table: "outcomes", part: .metrics,
      columns: [
        ("collected_at", "collected_at"), ("tweet_id", "tweet_id"), ("likes", "likes"), ("retweets", "retweets"),
        ("views", "views"), ("collected_pass", "collected_pass"), ("engagement_rate", "engagement_rate"),
      ], hasUpdates: false),
    ContentSource(
      table: "real_tweet_metrics", part: .metrics,
      columns: [
        ("collected_at", "collected_at"), ("tweet_id", "tweet_id"), ("likes", "likes_count"),
        ("retweets", "retweets_count"), ("views", "impressions"), ("collected_pass", "collection_phase"),
        ("engagement_rate", "engagement_rate"),
      ], hasUpdates: true),
    ContentSource(
      table: "tweet_analytics", part: .metrics,
      columns: [
        ("collected_at", "captured_at"), ("tweet_id", "tweet_id"), ("likes", "likes"), ("retweets", "retweets"),
        ("views", "impressions"), ("engagement_rate", "engagement_rate"),
      ], hasUpdates: false),
    ContentSource(
      table: "tweet_metrics", part: .metrics,
      columns: [
        ("collected_at", "captured_at"), ("tweet_id", "tweet_id"), ("likes", "likes_count"),
        ("retweets", "retweets_count"), ("views", "views_count"), ("collected_pass", "collection_phase"),
      ], hasUpdates: true),
  ]

  package static func named(_ table: String) -> ContentSource { all.first { $0.table == table }! }

  /// The tables that say something of a new column, the one that wins first.
  package static func order(of column: String, in part: Part) -> [String] {
    let all: [String] =
      switch (part, column) {
      case (.queue, "content"), (.queue, "status"), (.queue, "scheduled_at"):
        ["content_metadata", "content_generation_metadata_comprehensive"]
      case (.queue, _): ["content_generation_metadata_comprehensive", "content_metadata"]
      case (.posted, "posted_at"): ["tweets", "posted_decisions", "posts"]
      case (.posted, _): ["posted_decisions", "tweets", "posts"]
      case (.metrics, "views"): ["real_tweet_metrics", "tweet_analytics", "outcomes", "tweet_metrics"]
      case (.metrics, _): ["outcomes", "real_tweet_metrics", "tweet_analytics", "tweet_metrics"]
      }
    return all.filter { named($0).old(column) != nil }
  }

  /// Columns of the new tables after the decision, in order.
  package static let newColumns: [(table: String, part: Part, columns: [String])] = [
    (
      "content_queue", .queue,
      ["content", "status", "scheduled_at", "generator_name", "topic", "angle", "tone", "visual_format"]
    ),
    ("posted_content", .posted, ["tweet_id", "content", "posted_at", "generator_name", "topic", "angle"]),
    (
      "engagement_metrics", .metrics,
      ["collected_at", "tweet_id", "likes", "retweets", "views", "collected_pass", "engagement_rate"]
    ),
  ]
}
