/// What a row of numbers or of a scrape says, and the first thing that is wrong with it by itself.
struct SocialNumbers {
  /// Rows of which the latest counts.
  struct Group: Hashable {
    let table: String
    let key: Int
    let type: String?
    let moment: Int?
    /// Of a row without a moment, which stands alone.
    let id: Int?

    init(_ row: SocialOldRow) {
      (table, key) = (row.table, row.key)
      type = SocialNumbers.type(of: row)
      moment = SocialNumbers.time(of: row)
      id = moment == nil ? row.id : nil
    }
  }

  let row: SocialOldRow
  let entity: SocialModel.Entity
  let moment: Int?
  private(set) var said: [String: SocialNumber] = [:]
  /// Texts escaped.
  private(set) var reel: [String: String] = [:]
  private(set) var fault: String?

  init(_ row: SocialOldRow) {
    self.row = row
    moment = Self.time(of: row)
    entity = SocialModel.Entity(key: row.key, type: Self.type(of: row) ?? "")
    var faults: Set<String> = []
    switch row.table {
    case "daily_stats":
      if !["post", "account"].contains(entity.type) { faults.insert("bad_type") }
      if !readStats() { faults.insert("bad_stats") }
    case "instagramreelsscraper", "instagramreelsscraper_duplicate":
      let own = row.table == "instagramreelsscraper"
      for (old, new) in [
        (own ? "play_count" : "plays", "reel_plays"), (own ? "like_count" : "likes", "reel_likes"),
        (own ? "comment_count" : "comments", "reel_comments"),
      ] { readCount(old, new, &faults) }
      for (old, new) in [(own ? "shortcode" : "code", "reel_shortcode"), (own ? "music" : "audio", "reel_music")] {
        reel[new] = row.cells[old].map(ContentValue.escaped)
      }
      reel["reel_seconds"] = row.cells[own ? "duration_seconds" : "duration"]
      if reel["reel_seconds"]?.hasPrefix("-") == true { faults.insert("bad_count") }
    default:
      for (column, kind) in SocialTable.named(row.table).columns {
        if kind == .count { readCount(column, column, &faults) }
        if kind == .rate, let cell = row.cells[column] {
          said[column] = SocialNumber(rate: cell)
          if said[column] == nil { faults.insert("overflow") }
        }
      }
    }
    if let moment, !ContentValue.isTold(moment) { faults.insert("overflow") }
    fault = ["bad_type", "bad_stats", "bad_count", "overflow"].first(where: faults.contains)
  }

  var isScrape: Bool { row.table.hasPrefix("instagram") }

  private mutating func readCount(_ old: String, _ new: String, _ faults: inout Set<String>) {
    guard let count = row.integer(old) else { return }
    said[new] = SocialNumber(count)
    if count < 0 { faults.insert("bad_count") }
  }

  private mutating func readStats() -> Bool {
    switch row.cells["stats"].map(SocialJSON.init) {
    case nil, .other("null"): return true
    case .object(let members):
      for member in members {
        let name = member.name
        guard Self.isName(name), case .other(let text) = member.value, text != "true", text != "false" else {
          return false
        }
        guard text != "null" else { continue }
        said[name] = name.hasSuffix("_rate") ? SocialNumber(rate: text) : SocialNumber(count: text)
        if said[name] == nil { return false }
      }
      return true
    default: return false
    }
  }

  private static func isName(_ name: String) -> Bool {
    func isLetter(_ octet: UInt8) -> Bool { (0x61...0x7A).contains(octet) }
    return (1...63).contains(name.utf8.count) && isLetter(name.utf8.first!)
      && name.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "_") }
  }

  private static func type(of row: SocialOldRow) -> String? {
    switch row.table {
    case "daily_stats": row.cells["entity_type"].map { ContentValue.escaped(ContentValue.word($0)) }
    case "account_analytics": "account"
    default: "post"
    }
  }

  private static func time(of row: SocialOldRow) -> Int? {
    for column in ["stat_day", "day", "stat_date", "scraped_at"] {
      if let time = row.integer(column) { return time }
    }
    return nil
  }
}
