/// What every endpoint must answer, computed from the raw rows by the contract's text alone.
struct Oracle {
  let world: World

  func body(_ inquiry: Inquiry) -> String {
    let brand = world.brands.first { $0.id == inquiry.brand }!
    var members = [
      ("brand_id", brand.id.quoted), ("brand_name", brand.name.quoted),
      ("start", Calendar.text(day: inquiry.start).quoted), ("end", Calendar.text(day: inquiry.end).quoted),
      ("collectors", inquiry.collectorNames.map { "[\($0.map(\.quoted).joined(separator: ","))]" } ?? "null"),
    ]
    members += sections(inquiry, results(inquiry))
    return Self.object(members)
  }

  private func results(_ inquiry: Inquiry) -> [World.Result] {
    world.results.filter { result in
      result.brand == inquiry.brand && result.day >= inquiry.start && result.day <= inquiry.end
        && inquiry.collectors?.contains(Array(result.collector.utf8)) != false
    }
  }

  private func sections(_ inquiry: Inquiry, _ results: [World.Result]) -> [(String, String)] {
    switch inquiry.path {
    case "/dashboard": dashboard(results)
    case "/visibility": visibility(results, interval: inquiry.argumentText!)
    case "/topics": [("topics", topics(results))]
    case "/competitors": [("competitors", competitors(results))]
    case Inquiry.trendPath: trend(results, of: inquiry.argumentText!)
    case "/prompts": [("prompts", prompts(results))]
    case "/keywords": [("keywords", keywords(results))]
    case "/citations": [("sources", sources(results))]
    default: preconditionFailure("no such endpoint: \(inquiry.path)")
    }
  }

  // MARK: The view's services

  private func dashboard(_ results: [World.Result]) -> [(String, String)] {
    let moments = results.map(\.processedAt)
    let totals =
      Stats(results).members + [
        ("first_response", moments.min().map { Calendar.text(microseconds: $0).quoted } ?? "null"),
        ("last_response", moments.max().map { Calendar.text(microseconds: $0).quoted } ?? "null"),
      ]
    let byCollector = Self.grouped(results) { Text($0.collector) }.sorted { $0.key < $1.key }.map { key, group in
      Self.object([("collector_type", key.string.quoted)] + Stats(group).members)
    }
    let daily = Self.byDayAndCollector(results).map { day, collector, group in
      Self.object(
        [("metric_date", Calendar.text(day: day).quoted), ("collector_type", collector.quoted)] + Stats(group).members)
    }
    return [("totals", Self.object(totals)), ("by_collector", Self.array(byCollector)), ("daily", Self.array(daily))]
  }

  private func visibility(_ results: [World.Result], interval: String) -> [(String, String)] {
    let periods = Self.grouped(results) { result in
      switch interval {
      case "week": Calendar.monday(ofWeekWith: result.day)
      case "month": Calendar.firstOfMonth(with: result.day)
      default: result.day
      }
    }
    let points = periods.sorted { $0.key < $1.key }.map { day, group in
      let stats = Stats(group)
      return Self.object([
        ("period", Calendar.text(day: day).quoted), ("total_responses", String(stats.total)),
        ("presence_count", String(stats.present)), ("avg_visibility", stats.visibility.text),
        ("avg_share", stats.share.text),
      ])
    }
    return [("interval", interval.quoted), ("points", Self.array(points))]
  }

  // MARK: The brand's services

  private func topics(_ results: [World.Result]) -> String {
    let groups = Self.grouped(results) { $0.topic.map { Text($0) } }.sorted { a, b in
      if a.value.count != b.value.count { return a.value.count > b.value.count }
      guard let left = a.key else { return false }
      guard let right = b.key else { return true }
      return left < right
    }
    return Self.array(
      groups.map { Self.object([("topic", $0.key?.string.quoted ?? "null")] + Stats($0.value).members) })
  }

  private func prompts(_ results: [World.Result]) -> String {
    let groups = Self.grouped(results) { Text($0.query) }.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key < $1.key
    }
    return Self.array(
      groups.map { key, group in
        let query = world.queries.first { $0.id == key.string }
        return Self.object(
          [
            ("query_id", key.string.quoted), ("query_text", query?.text.quoted ?? "null"),
            ("topic", query?.topic?.quoted ?? "null"),
          ] + Stats(group).members)
      })
  }

  private func keywords(_ results: [World.Result]) -> String {
    var groups: [Text: [World.Result]] = [:]
    for result in results {
      let keywords = world.queries.first { $0.id == result.query }?.keywords ?? []
      for keyword in Set(keywords.compactMap { $0.map { Text($0) } }) { groups[keyword, default: []].append(result) }
    }
    let sorted = groups.sorted {
      $0.value.count != $1.value.count ? $0.value.count > $1.value.count : $0.key < $1.key
    }
    return Self.array(sorted.map { Self.object([("keyword", $0.key.string.quoted)] + Stats($0.value).members) })
  }

  private func sources(_ results: [World.Result]) -> String {
    var citations: [Text: Int] = [:]
    var groups: [Text: [World.Result]] = [:]
    for result in results {
      let hosts = CitedHost.all(in: result.citations).map { Text($0) }
      for host in hosts { citations[host, default: 0] += 1 }
      for host in Set(hosts) { groups[host, default: []].append(result) }
    }
    let sorted = groups.sorted { a, b in
      let (left, right) = (citations[a.key]!, citations[b.key]!)
      return left != right ? left > right : a.key < b.key
    }
    return Self.array(
      sorted.map { host, group in
        Self.object(
          [
            ("domain", host.string.quoted), ("citations", String(citations[host]!)),
            ("responses", String(Set(group.map(\.id)).count)),
          ] + Stats(group).members.dropFirst())
      })
  }

  // MARK: Competitors

  private func competitors(_ results: [World.Result]) -> String {
    let answers = results.flatMap(\.competitors)
    let groups = Self.grouped(answers) { Text($0.name) }.map { (name: $0.key, stats: Stats($0.value)) }
    let sorted = groups.sorted { a, b in
      let (left, right) = (a.stats.visibility.mean, b.stats.visibility.mean)
      if left == right { return a.name < b.name }
      guard let left else { return false }
      guard let right else { return true }
      return left > right
    }
    return Self.array(
      sorted.map { name, stats in
        var members = stats.members
        members.insert(("total_mentions", String(stats.mentions)), at: 2)
        return Self.object([("competitor_name", name.string.quoted)] + members)
      })
  }

  private func trend(_ results: [World.Result], of name: String) -> [(String, String)] {
    func answers(_ results: [World.Result]) -> [World.Competitor] {
      results.flatMap(\.competitors).filter { Text($0.name) == Text(name) }
    }
    let points = Self.byDayAndCollector(results.filter { !answers([$0]).isEmpty }).map { day, collector, group in
      let stats = Stats(answers(group))
      return Self.object([
        ("metric_date", Calendar.text(day: day).quoted), ("collector_type", collector.quoted),
        ("total_responses", String(stats.total)), ("presence_count", String(stats.present)),
        ("total_mentions", String(stats.mentions)), ("avg_visibility", stats.visibility.text),
        ("avg_share", stats.share.text),
      ])
    }
    return [("competitor_name", name.quoted), ("points", Self.array(points))]
  }

  // MARK: Grouping and writing

  private static func grouped<Row, Key: Hashable>(_ rows: [Row], by key: (Row) -> Key) -> [(key: Key, value: [Row])] {
    Array(Dictionary(grouping: rows, by: key))
  }

  /// Ascending by day, then collector.
  private static func byDayAndCollector(_ results: [World.Result]) -> [(Int, String, [World.Result])] {
    grouped(results, by: \.day).sorted { $0.key < $1.key }.flatMap { day, ofDay in
      grouped(ofDay) { Text($0.collector) }.sorted { $0.key < $1.key }.map { (day, $0.key.string, $0.value) }
    }
  }

  private static func object(_ members: [(String, String)]) -> String {
    "{\(members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
  }

  private static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }
}

extension String {
  /// As a JSON string.
  fileprivate var quoted: String { JSONShape.quoted(self) }
}
