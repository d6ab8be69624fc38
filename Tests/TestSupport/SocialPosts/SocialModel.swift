import Hashing

/// What old rows become, in one process and without SQL: `README.md` of the migration as it reads.
package struct SocialModel: OldRowsModel {
  package private(set) var verdicts: [OldRowName: OldRowVerdict] = [:]
  package private(set) var lines: Set<String> = []

  /// A post, or an account.
  struct Entity: Hashable {
    let key: Int
    let type: String
  }

  private let refused: Set<OldRowName>
  private var organizations: [Entity: String] = [:]
  /// The posts that are copied.
  private var posts: [SocialOldRow] = []

  package init(_ old: SocialOldRows, refused: Set<OldRowName> = []) {
    self.refused = refused
    for post in old.rows where post.table == "posts" { place(post, old.workspaces) }
    for (id, workspace) in old.accounts { organizations[Entity(key: id, type: "account")] = workspace }
    let numbers = tell(old.rows.filter { $0.table != "posts" })
    addMoments(numbers)
    addInsights(reels(numbers))
  }

  package var counts: [String: Int] {
    let tables = [
      "posts_core", "posts_content", "media_files", "post_media_links", "post_insights", "time_series_metrics",
      "embeddings", "social_disagreements",
    ]
    let found = Dictionary(grouping: lines) { String($0.prefix { $0 != " " }) }.mapValues(\.count)
    return Dictionary(uniqueKeysWithValues: tables.map { ($0, found[$0] ?? 0) })
  }

  // MARK: Posts

  private static let statuses: Set = ["draft", "scheduled", "published", "failed", "archived"]
  private static let platforms: Set = ["instagram", "tiktok", "x", "facebook", "linkedin", "youtube"]
  private static let postCounts = ["like_count", "comment_count", "share_count", "view_count"]

  private mutating func place(_ post: SocialOldRow, _ workspaces: [String: String]) {
    let (status, platform) = (
      post.cells["status"].map(ContentValue.word), post.cells["platform"].map(ContentValue.word)
    )
    let byID = post.cells["workspace_id"].flatMap { workspaces.values.contains($0) ? $0 : nil }
    let byTeam = post.cells["team"].flatMap { workspaces[ContentValue.word($0)] }
    let media = Self.media(post.cells["media_urls"])
    let times = ["scheduled_at", "published_at", "counted_at", "created_at"].compactMap(post.integer)
    let fault: String? =
      if let status, !Self.statuses.contains(status) {
        "bad_status"
      } else if let platform, !Self.platforms.contains(platform) {
        "bad_platform"
      } else if media == nil {
        "bad_media"
      } else if Self.postCounts.compactMap(post.integer).contains(where: { $0 < 0 }) {
        "bad_count"
      } else if !times.allSatisfy(ContentValue.isTold) {
        "overflow"
      } else if refused.contains(post.name) {
        "refused"
      } else if status == nil || platform == nil {
        "incomplete"
      } else if byID == nil, byTeam == nil { "no_organization" } else { nil }
    guard fault == nil else {
      verdicts[post.name] = OldRowVerdict(key: post.key, reason: fault, isSkipped: true)
      return
    }
    let organization = byID ?? byTeam!
    let model = post.cells["embedding_model"].flatMap(SocialValue.model)
    let vector = post.cells["embedding"].flatMap(SocialValue.vector)
    let isDisputed = byID != nil && byTeam != nil && byID != byTeam
    let hasBadVector = post.cells["embedding"] != nil && (model == nil || vector == nil)
    verdicts[post.name] = OldRowVerdict(
      key: post.key, reason: hasBadVector ? "bad_embedding" : isDisputed ? "disagrees" : nil, isSkipped: false)
    organizations[Entity(key: post.key, type: "post")] = organization
    posts.append(post)
    let texts = ["text", "caption", "platform_post_id"].map { post.cells[$0].map(ContentValue.escaped) }
    add(
      "posts_core", post.key,
      [
        organization, post.cells["user_id"], post.cells["account_id"], platform, texts[2], status,
        post.cells["scheduled_at"], post.cells["published_at"], post.cells["created_at"],
      ])
    let hashtags = SocialValue.hashtags(post.cells["hashtags"] ?? "")
    add("posts_content", post.key, [organization, texts[0], texts[1], hashtags.joined(separator: " ")])
    for (position, file) in media!.enumerated() {
      let id = Self.uuid(of: "\(organization) \(file.url)")
      lines.insert(
        newLine("media_files", id, [organization, ContentValue.escaped(file.url), SocialValue.kind(of: file.url)]))
      add(
        "post_media_links", post.key, [String(position), organization, id, ContentValue.escaped(file.details.text)])
    }
    if let model, let vector {
      add(
        "embeddings", post.key, ["post", model.name, String(model.version), organization, SocialValue.bits(vector)])
    }
    if isDisputed { disagree("posts", post.key, "", "organization_id", organization, byID!, byTeam!) }
  }

  /// nil where an element is none.
  private static func media(_ cell: String?) -> [(url: String, details: SocialJSON)]? {
    let elements: [SocialJSON]
    switch cell.map(SocialJSON.init) {
    case nil, .other("null"): elements = []
    case .array(let items): elements = items
    case let one?: elements = [one]
    }
    let files = elements.compactMap { element -> (url: String, details: SocialJSON)? in
      switch element {
      case .string(let url): (url, .object([]))
      case .object(let members):
        if case .string(let url) = members.first(where: { $0.name == "url" })?.value {
          (url, .object(members.filter { $0.name != "url" }))
        } else {
          nil
        }
      default: nil
      }
    }
    return files.count == elements.count && files.allSatisfy({ !$0.url.isEmpty }) ? files : nil
  }

  private static func uuid(of text: String) -> String {
    let digits = SHA256.hash(Array(text.utf8)).prefix(16).map { octet in
      (octet < 16 ? "0" : "") + String(octet, radix: 16)
    }
    return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
  }

  // MARK: Numbers

  /// The source that wins first.
  private static let sources = [
    "post_analytics", "account_analytics", "instagramreelsscraper", "instagramreelsscraper_duplicate", "daily_stats",
  ]

  private mutating func tell(_ rows: [SocialOldRow]) -> [SocialNumbers] {
    var told: [SocialNumbers] = []
    for same in Dictionary(grouping: rows, by: SocialNumbers.Group.init).values {
      let byAge = same.sorted { ($0.saidAt, $0.id) > ($1.saidAt, $1.id) }
      for older in byAge.dropFirst() {
        verdicts[older.name] = OldRowVerdict(key: older.key, reason: "older_duplicate", isSkipped: true)
      }
      let numbers = SocialNumbers(byAge[0])
      let fault: String? =
        if let fault = numbers.fault {
          fault
        } else if refused.contains(byAge[0].name) {
          "refused"
        } else if numbers.moment == nil || numbers.said.isEmpty && numbers.reel.isEmpty {
          "incomplete"
        } else if organizations[numbers.entity] == nil { "no_entity" } else { nil }
      verdicts[byAge[0].name] = OldRowVerdict(key: byAge[0].key, reason: fault, isSkipped: fault != nil)
      if fault == nil { told.append(numbers) }
    }
    func place(_ numbers: SocialNumbers) -> Int { Self.sources.firstIndex(of: numbers.row.table)! }
    return told.sorted { place($0) < place($1) }
  }

  private mutating func addMoments(_ all: [SocialNumbers]) {
    struct Place: Hashable {
      let entity: Entity
      let moment: Int
    }
    for (place, numbers) in Dictionary(grouping: all, by: { Place(entity: $0.entity, moment: $0.moment!) }) {
      var kept: [String: SocialNumber] = [:]
      for numbers in numbers { kept.merge(numbers.said) { first, _ in first } }
      guard !kept.isEmpty else { continue }
      let (entity, organization) = (place.entity, organizations[place.entity]!)
      add(
        "time_series_metrics", entity.key,
        [entity.type, String(place.moment), organization, SocialValue.object(kept)])
      for numbers in numbers {
        for (name, number) in numbers.said where kept[name] != number {
          let member = "\(entity.type) \(ContentValue.rfc3339(place.moment))"
          disagree(numbers.row, member, name, organization, kept[name]!.text, number.text)
        }
      }
    }
  }

  /// What is known of each post's reel.
  private mutating func reels(_ all: [SocialNumbers]) -> [Int: [String: String]] {
    var reels: [Int: [String: String]] = [:]
    for (entity, scrapes) in Dictionary(grouping: all.filter(\.isScrape), by: \.entity) {
      let last = Self.sources.compactMap { table in
        scrapes.filter { $0.row.table == table }.max { $0.moment! < $1.moment! }
      }
      var kept: [String: String] = [:]
      for numbers in last { kept.merge(numbers.reel) { first, _ in first } }
      for numbers in last {
        for (name, value) in numbers.reel where kept[name] != value {
          disagree(numbers.row, "reel", name, organizations[entity]!, kept[name]!, value)
        }
      }
      reels[entity.key] = kept
    }
    return reels
  }

  private mutating func addInsights(_ reels: [Int: [String: String]]) {
    for post in posts {
      let reel = reels[post.key] ?? [:]
      let cells =
        Self.postCounts.map { post.cells[$0] } + [post.cells["counted_at"]]
        + ["reel_shortcode", "reel_music", "reel_seconds"].map { reel[$0] }
        + [post.cells["platform_data"].map(ContentValue.escaped)]
      guard cells.contains(where: { $0 != nil }) else { continue }
      add("post_insights", post.key, [organizations[Entity(key: post.key, type: "post")]] + cells)
    }
  }

  // MARK: Lines

  private mutating func add(_ table: String, _ key: Int, _ cells: [String?]) {
    lines.insert(newLine(table, String(key), cells))
  }

  private mutating func disagree(
    _ row: SocialOldRow, _ member: String, _ column: String, _ organization: String, _ kept: String, _ other: String
  ) {
    verdicts[row.name] = OldRowVerdict(key: row.key, reason: "disagrees", isSkipped: false)
    disagree(row.table, row.key, member, column, organization, kept, other)
  }

  private mutating func disagree(
    _ table: String, _ key: Int, _ member: String, _ column: String, _ organization: String, _ kept: String,
    _ other: String
  ) {
    add("social_disagreements", key, [table, member, column, organization, kept, other])
  }
}
