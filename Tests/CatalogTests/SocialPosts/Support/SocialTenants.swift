import EventLoop
import Migration
import Postgres
import SQL
import TestSupport
import Testing

/// Organizations whose rows all hold a mark, by which they are known wherever they come out.
struct SocialTenants {
  static let count = 6
  static let posts = 6

  let stage: SocialStage

  static func organization(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }
  static func mark(_ number: Int) -> String { "marker-\(number)-" }
  /// Of posts, and of the account behind them; no count is so large.
  static func entity(_ number: Int, _ place: Int) -> Int { 770_077_000_000 + number * 1_000_000 + 770_000 + place }
  static let account = posts

  static func fill(_ stage: SocialStage) async throws -> SocialTenants {
    var script: [String] = []
    for number in 1...count {
      let (id, mark) = (organization(number), mark(number))
      script.append(
        """
        INSERT INTO social.workspaces (id, name, slug) VALUES ('\(id)', '\(mark)name', '\(mark)slug')
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, slug = excluded.slug
        """)
      script.append("INSERT INTO social.workspace_members VALUES ('\(id)', \(entity(number, 9)), 'owner')")
      let account = entity(number, account)
      script += [
        "INSERT INTO social.accounts VALUES (\(account), '\(id)', 'x', '\(mark)handle')",
        "INSERT INTO social.account_analytics (account_id, day, reach) VALUES (\(account), '2025-06-01', 5)",
        """
        INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
        VALUES (\(account), 'account', '2025-06-02', '{"\(mark.replacing("-", with: "_"))rank": \(number)}')
        """,
      ]
      for place in 0..<posts {
        let post = entity(number, place)
        script += [
          """
          INSERT INTO social.posts (
            id, workspace_id, team, platform, platform_post_id, status, published_at, text, caption, hashtags, media_urls,
            embedding, embedding_model, like_count, platform_data)
          VALUES (
            \(post), '\(id)', '\(mark)slug', 'x', '\(mark)post', 'published', '2025-06-0\(place + 1)Z',
            '\(mark)text', '\(mark)caption', '#\(mark)tag',
            '["http://shared/a.jpg", {"url": "http://\(mark)b.mp4", "alt": "\(mark)alt"}]',
            '{1,\(place),\(number)}', 'm', 3, '{"\(mark)data": 1}')
          """,
          "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (\(post), '2025-06-0\(place + 1)', 7)",
          """
          INSERT INTO social.daily_stats (entity_id, entity_type, stat_date, stats)
          VALUES (\(post), 'post', '2025-06-0\(place + 1)', '{"\(mark.replacing("-", with: "_"))rank": 4, "likes": 8}')
          """,
          """
          INSERT INTO social.instagramreelsscraper (post_id, shortcode, music, scraped_at)
          VALUES (\(post), '\(mark)code', '\(mark)music', '2025-06-01Z')
          """,
          """
          INSERT INTO social.instagramreelsscraper_duplicate (post_id, audio, scraped_at)
          VALUES (\(post), '\(mark)audio', '2025-06-01Z')
          """,
        ]
      }
    }
    try await stage.runUnseen(script)
    try await stage.backfill()
    // Accounts that come await repair.
    try await stage.repair()
    for number in 1...count {
      let (id, mark) = (organization(number), mark(number))
      try await stage.run(
        "INSERT INTO social.ai_prompts (organization_id, name, version, template) VALUES ('\(id)', 'p', 1, '\(mark)template')",
        """
        INSERT INTO social.ai_context_logs (organization_id, conversation_id, turn, role, content, prompt_name, prompt_version)
        VALUES ('\(id)', '\(id)', 1, 'user', '\(mark)content', 'p', 1)
        """,
        """
        INSERT INTO social.ai_suggestions (organization_id, kind, suggestion, entity_id)
        VALUES ('\(id)', 'idea', '\(mark)suggestion', \(entity(number, 0)))
        """)
    }
    return SocialTenants(stage: stage)
  }

  /// What `text` says of organizations other than this one.
  static func leaks(in text: String, to number: Int) -> [String] {
    var found: [String] = []
    for other in 1...count where other != number {
      let marks = [mark(other), mark(other).replacing("-", with: "_"), organization(other)]
      found += (marks + [String(entity(other, 0) / 1_000)]).filter { text.contains($0) }
    }
    return found
  }

  /// A connection that has logged in as the organization's role.
  func login(_ number: Int) async throws -> Connection {
    let role = try await role(number)
    try await stage.run("ALTER ROLE \"\(role)\" LOGIN")
    let database = try await stage.value("SELECT current_database()")!
    return try await Connection.open(TestPostgres.settings(of: database, as: role), on: stage.loop)
  }

  func role(_ number: Int) async throws -> String {
    try await stage.value(
      "SELECT role_name FROM social.organization_roles WHERE organization_id = '\(Self.organization(number))'")!
  }
}
