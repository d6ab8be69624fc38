/// A row of an old table, as it is.
package struct ContentOldRow: Sendable {
  let source: ContentSource
  let id: Int
  let decision: Int
  /// When it was written last.
  let saidAt: Int
  /// By new column: texts escaped, times in microseconds. What is NULL is not there.
  let cells: [String: String]

  var name: OldRowName { OldRowName(table: source.table, id: id) }
}

/// What old rows become, in one process and without SQL: `README.md` of the migration as it reads.
package struct ContentModel: OldRowsModel {
  private struct Place: Hashable {
    let part: ContentSource.Part
    let decision: Int
    let moment: Int?
    /// Of a metric row without a moment, which stands alone.
    var id: Int?
  }

  private struct Said {
    let row: ContentOldRow
    let values: [String: ContentValue]
  }

  package private(set) var verdicts: [OldRowName: OldRowVerdict] = [:]
  /// Rows of the three new tables.
  package private(set) var rows: [(table: String, decision: Int, cells: [String: ContentValue])] = []
  /// All rows, with the disagreements, as `ContentReader.newLines` reads them.
  package private(set) var lines: Set<String> = []
  private var queue: [Int: [String: ContentValue]] = [:]
  private var posted: [Int: [String: ContentValue]] = [:]

  package init(_ rows: [ContentOldRow], refused: Set<OldRowName> = []) {
    var sources: [Place: [String: Said]] = [:]
    for same in Dictionary(grouping: rows, by: Self.group).values {
      let byAge = same.sorted { ($0.saidAt, $0.id) > ($1.saidAt, $1.id) }
      for older in byAge.dropFirst() { skip(older, "older_duplicate") }
      let row = byAge[0]
      let (values, fault) = Self.judge(row)
      if let reason = fault ?? (refused.contains(row.name) ? "refused" : nil) {
        skip(row, reason)
      } else if row.source.part == .metrics, values["collected_at"] == nil {
        skip(row, "incomplete")
      } else {
        sources[Self.place(row), default: [:]][row.source.table] = Said(row: row, values: values)
      }
    }
    for part in ContentSource.Part.allCases {
      for (place, sources) in sources where place.part == part { merge(sources, at: place) }
    }
  }

  package var counts: [String: Int] {
    var counts = ["content_disagreements": lines.count - rows.count]
    for (table, _, _) in ContentSource.newColumns { counts[table] = rows.count { $0.table == table } }
    return counts
  }

  private struct Group: Hashable {
    let table: String
    let place: Place
  }

  private static func group(_ row: ContentOldRow) -> Group { Group(table: row.source.table, place: place(row)) }

  private static func place(_ row: ContentOldRow) -> Place {
    guard row.source.part == .metrics else { return Place(part: row.source.part, decision: row.decision, moment: nil) }
    let moment = row.cells["collected_at"].map { Int($0)! }
    return Place(part: .metrics, decision: row.decision, moment: moment, id: moment == nil ? row.id : nil)
  }

  private mutating func skip(_ row: ContentOldRow, _ reason: String) {
    verdicts[row.name] = OldRowVerdict(key: row.decision, reason: reason, isSkipped: true)
  }

  private static let statuses: Set = ["draft", "queued", "scheduled", "posting", "posted", "failed", "cancelled"]
  private static let passes = ["t+1h": "T+1h", "t+24h": "T+24h", "t+7d": "T+7d"]

  /// What a row says, and the first thing that is wrong with it by itself.
  private static func judge(_ row: ContentOldRow) -> (values: [String: ContentValue], fault: String?) {
    var values: [String: ContentValue] = [:]
    var faults: Set<String> = []
    for (column, cell) in row.cells {
      switch column {
      case "status":
        let word = ContentValue.word(cell)
        values[column] = .text(word)
        if !statuses.contains(word) { faults.insert("bad_status") }
      case "collected_pass":
        let word = ContentValue.word(cell)
        values[column] = .text(passes[word] ?? word)
        if passes[word] == nil { faults.insert("bad_pass") }
      case "engagement_rate":
        if let rate = ContentValue.rate(cell) { values[column] = .rate(rate) } else { faults.insert("overflow") }
      case let column where ContentValue.counts.contains(column):
        values[column] = .count(Int(cell)!)
        if cell.hasPrefix("-") { faults.insert("bad_count") }
      case let column where ContentValue.times.contains(column):
        values[column] = .time(Int(cell)!)
        if !ContentValue.isTold(Int(cell)!) { faults.insert("overflow") }
      default: values[column] = .text(cell)
      }
    }
    return (values, ["bad_status", "bad_pass", "bad_count", "overflow"].first(where: faults.contains))
  }

  private mutating func merge(_ sources: [String: Said], at place: Place) {
    var kept: [String: ContentValue] = [:]
    for column in ContentSource.newColumns.first(where: { $0.part == place.part })!.columns {
      kept[column] =
        ContentSource.order(of: column, in: place.part).lazy.compactMap { sources[$0]?.values[column] }.first
    }
    if let reason = reason(kept, at: place) {
      for said in sources.values { skip(said.row, reason) }
      return
    }
    for said in sources.values { compare(said, with: kept, at: place) }
    switch place.part {
    case .queue: queue[place.decision] = kept
    case .posted:
      for column in ["generator_name", "topic", "angle"] {
        kept[column] = kept[column] ?? queue[place.decision]![column]
        if kept[column] == .text("") { kept[column] = nil }
      }
      posted[place.decision] = kept
    case .metrics: derive(&kept, from: posted[place.decision]!)
    }
    add(kept, at: place)
  }

  private func reason(_ kept: [String: ContentValue], at place: Place) -> String? {
    switch place.part {
    case .queue: return kept["content"] == nil || kept["status"] == nil ? "incomplete" : nil
    case .posted:
      if kept["tweet_id"] == nil || kept["posted_at"] == nil { return "incomplete" }
      return queue[place.decision] == nil ? "no_decision" : nil
    case .metrics:
      if queue[place.decision] == nil { return "no_decision" }
      return posted[place.decision] == nil ? "not_posted" : nil
    }
  }

  private mutating func compare(_ said: Said, with kept: [String: ContentValue], at place: Place) {
    let lost = said.values.filter { kept[$0.key] != $0.value }
    verdicts[said.row.name] = OldRowVerdict(
      key: place.decision, reason: lost.isEmpty ? nil : "disagrees", isSkipped: false)
    let member = place.moment.map(ContentValue.rfc3339) ?? ""
    for (column, value) in lost {
      lines.insert(
        newLine(
          "content_disagreements", String(place.decision),
          [member, said.row.source.table, column, kept[column]!.text, value.text]))
    }
  }

  private func derive(_ kept: inout [String: ContentValue], from post: [String: ContentValue]) {
    kept["tweet_id"] = kept["tweet_id"] ?? post["tweet_id"]
    if kept["collected_pass"] == nil, case .time(let collected) = kept["collected_at"],
      case .time(let posted) = post["posted_at"]
    {
      let day = ContentValue.microsecondsOfDay
      let age = collected - posted
      kept["collected_pass"] = .text(age >= 7 * day ? "T+7d" : age >= day ? "T+24h" : "T+1h")
    }
    if kept["engagement_rate"] == nil, case .count(let likes) = kept["likes"],
      case .count(let retweets) = kept["retweets"], case .count(let views) = kept["views"], views > 0
    {
      let (dividend, divisor) = ((Int128(likes) + Int128(retweets)) * 10_000, Int128(views))
      let units = (2 * dividend + divisor) / (2 * divisor)
      if units < 10_000_000 { kept["engagement_rate"] = .rate(Int(units)) }
    }
  }

  private mutating func add(_ kept: [String: ContentValue], at place: Place) {
    let (table, _, columns) = ContentSource.newColumns.first { $0.part == place.part }!
    rows.append((table, place.decision, kept))
    lines.insert(newLine(table, String(place.decision), columns.map { kept[$0]?.cell }))
  }
}
