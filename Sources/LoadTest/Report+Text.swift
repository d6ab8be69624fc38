extension Report {
  private static let columns = (name: 14, count: 9, statistic: 7, number: 11)

  /// For a terminal: the table, and below it what is wrong.
  package var text: String {
    var lines = [
      "\(url), \(plan.rate) requests/s over at most \(plan.concurrency) connections, \(plan.seconds) s after "
        + "\(plan.warmUpSeconds) s of warm-up, seed \(plan.seed)",
      "",
    ]
    lines.append(head)
    for row in rows { lines += table(row) }
    lines.append("")
    lines.append("Latencies are in ms, from the moment when a request was meant to be sent.")
    if isPaired {
      lines.append(
        "The range is where the ratio lies with \(RatioInterval.confidencePercent) % confidence; "
          + "what has too few samples has none, and gets one with a longer --duration.")
    }
    lines.append(
      "The load generator sent 99 % of \(requests) requests within \(milliseconds(Double(lateness.p99))) ms of that "
        + "moment, all within \(milliseconds(Double(lateness.most))) ms.")
    if isPaired { lines.append("Pairs of answers compared: \(compared); different: \(different)") }
    if uncompared > 0 { lines.append("Pairs not compared, for want of memory: \(uncompared)") }
    for difference in differences {
      lines.append("  \(difference.path)")
      for (side, body) in [("old", difference.old), ("new", difference.new)] {
        lines.append("    \(side): \(body.bytes) bytes, ETag \(body.etag ?? "none")")
      }
      lines.append("    first different byte: \(difference.offset)")
    }
    if different > differences.count { lines.append("  and \(different - differences.count) more") }
    lines.append(
      "Errors: \(errorCount)"
        + (errorCount > 0 ? "; latencies are \(isPaired ? "of pairs with two answers" : "of answers") only" : ""))
    for (side, kind, count) in errorLines {
      lines.append("  \(isPaired ? "\(side.name): " : "")\(count) x \(kind)")
    }
    if resentCount > 0 {
      lines.append("Requests sent again, because the server had ended their idle connection: \(resentCount)")
    }
    return lines.joined(separator: "\n")
  }

  /// Most frequent first.
  var errorLines: [(side: Schedule.Side, kind: String, count: Int)] {
    Schedule.Side.allCases.flatMap { side in
      (errors[side] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { (side, $0.key, $0.value) }
    }
  }

  private var head: String {
    let columns = Self.columns
    let first = "service".padded(to: columns.name) + (isPaired ? "pairs" : "requests").led(to: columns.count) + "  "
    guard isPaired else {
      return "path".padded(to: columns.name) + "requests".led(to: columns.count) + "  "
        + "".padded(to: columns.statistic) + "ms".led(to: columns.number)
    }
    return first + "".padded(to: columns.statistic) + "old ms".led(to: columns.number)
      + "new ms".led(to: columns.number) + "new/old".led(to: columns.number) + "  range"
  }

  private func table(_ row: Row) -> [String] {
    let columns = Self.columns
    return Statistic.allCases.enumerated().map { index, statistic in
      var line =
        index == 0
        ? row.name.padded(to: columns.name) + String(row.count).led(to: columns.count)
        : "".padded(to: columns.name) + "".led(to: columns.count)
      line += "  " + statistic.name.padded(to: columns.statistic)
      for side in row.sides { line += (side.map { milliseconds($0[index]) } ?? "-").led(to: columns.number) }
      guard isPaired else { return line }
      let interval = row.intervals[index]
      line += (row.ratio(index).map { fixed($0, 3) } ?? "-").led(to: columns.number) + "  "
      line += (interval.map { "\(fixed($0.low, 3)) to \(fixed($0.high, 3))" } ?? "").padded(to: 16)
      return line + "  " + Verdict(interval).rawValue
    }
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
  fileprivate func led(to width: Int) -> String { String(repeating: " ", count: max(1, width - count)) + self }
}
