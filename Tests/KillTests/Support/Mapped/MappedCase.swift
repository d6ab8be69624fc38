import Catalog
import Migration
import TestSupport

/// A migration whose SQL is a mapping, as the runs need to know it.
protocol MappedCase: SendableMetatype {
  associatedtype Change: OldRowsChange
  associatedtype Model: OldRowsModel

  static var migration: Migration { get }
  /// What rows belong to, in tables that stay.
  static var homes: [String] { get }
  /// That `create` makes.
  static var roles: Int { get }
  /// Old rows of a run, about five for each key.
  static var rows: Int { get }

  static func model(_ ask: (String) async throws -> [[String?]]) async throws -> Model
  /// The rows of the new tables.
  static func lines(_ ask: (String) async throws -> [[String?]]) async throws -> Set<String>
  /// What may be spoilt in the new rows of some keys.
  static func defects(of keys: ClosedRange<Int>) -> [String]
  /// Old SQL that writes rows of a key through the views, whatever it has.
  static func rewrite(_ key: Int) -> String
}

enum ContentCase: MappedCase {
  typealias Change = ContentChange

  static let migration = ContentPipeline.migration()
  static let homes: [String] = []
  static let roles = 0
  static let rows = 1_200

  static func model(_ ask: (String) async throws -> [[String?]]) async throws -> ContentModel {
    ContentModel(try await ContentReader.oldRows(ask))
  }

  static func lines(_ ask: (String) async throws -> [[String?]]) async throws -> Set<String> {
    try await ContentReader.newLines(ask)
  }

  static func defects(of keys: ClosedRange<Int>) -> [String] {
    let some = "decision_id BETWEEN \(keys.lowerBound) AND \(keys.upperBound)"
    return [
      "DELETE FROM content.content_queue WHERE \(some)", "DELETE FROM content.engagement_metrics WHERE \(some)",
      "UPDATE content.content_queue SET topic = 'spoilt' WHERE \(some)",
      "UPDATE content.posted_content SET posted_at = posted_at + interval '1 day' WHERE \(some)",
      "UPDATE content.engagement_metrics SET likes = 12345 WHERE \(some)",
      "UPDATE content.content_disagreements SET other = 'spoilt' WHERE \(some)",
      """
      INSERT INTO content.engagement_metrics (decision_id, tweet_id, collected_at, collected_pass)
      SELECT decision_id, 'x', '2020-01-01Z', 'T+1h' FROM content.posted_content WHERE \(some) ON CONFLICT DO NOTHING
      """,
    ]
  }

  static func rewrite(_ key: Int) -> String {
    """
    DELETE FROM content.content_metadata WHERE decision_id = \(key);
    INSERT INTO content.content_metadata (decision_id, content, status) VALUES (\(key), 'new', 'posted');
    INSERT INTO content.tweets (decision_id, tweet_id, posted_at) VALUES (\(key), 't', '2025-06-20Z');
    INSERT INTO content.outcomes (decision_id, likes, collected_at) VALUES (\(key), 5, '2025-06-21Z')
    """
  }
}

enum SocialCase: MappedCase {
  typealias Change = SocialChange

  static let migration = SocialPosts.migration()
  static let homes = SocialChange.homes(200)
  /// One for each workspace, and their group.
  static let roles = 4
  static let rows = 300

  static func model(_ ask: (String) async throws -> [[String?]]) async throws -> SocialModel {
    SocialModel(try await SocialReader.oldRows(ask))
  }

  static func lines(_ ask: (String) async throws -> [[String?]]) async throws -> Set<String> {
    try await SocialReader.newLines(ask)
  }

  static func defects(of keys: ClosedRange<Int>) -> [String] {
    let some = "entity_id BETWEEN \(keys.lowerBound) AND \(keys.upperBound)"
    return [
      "DELETE FROM social.posts_core WHERE \(some)", "DELETE FROM social.time_series_metrics WHERE \(some)",
      "DELETE FROM social.post_media_links WHERE \(some)", "DELETE FROM social.embeddings WHERE \(some)",
      "UPDATE social.posts_content SET text = 'spoilt' WHERE \(some)",
      "UPDATE social.posts_core SET organization_id = '\(SocialChange.workspaces[2])' WHERE \(some)",
      "UPDATE social.post_insights SET likes = 12345 WHERE \(some)",
      "UPDATE social.social_disagreements SET other = 'spoilt' WHERE \(some)",
      """
      INSERT INTO social.time_series_metrics (entity_id, entity_type, recorded_at, organization_id, metrics)
      SELECT entity_id, 'post', '2020-01-01Z', organization_id, '{"likes": 1}' FROM social.posts_core WHERE \(some)
      ON CONFLICT DO NOTHING
      """,
    ]
  }

  static func rewrite(_ key: Int) -> String {
    """
    DELETE FROM social.posts WHERE id = \(key);
    INSERT INTO social.posts (id, workspace_id, platform, status, media_urls)
    VALUES (\(key), '\(SocialChange.workspaces[0])', 'x', 'draft', '["u", "v"]');
    INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (\(key), '2025-06-20', 5);
    INSERT INTO social.instagramreelsscraper (post_id, music, play_count, scraped_at)
    VALUES (\(key), 'm', 5, '2025-06-21 01:00Z')
    """
  }
}
