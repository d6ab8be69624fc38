import JSON

extension Report {
  /// For scripts: one object, latencies in milliseconds.
  package var json: String {
    var json = JSONWriter()
    json.beginObject()
    json.key("url")
    json.string(url)
    for (name, value) in [
      ("rate", plan.rate), ("concurrency", plan.concurrency), ("duration_s", plan.seconds),
      ("warm_up_s", plan.warmUpSeconds),
    ] {
      json.key(name)
      json.integer(value)
    }
    json.key("seed")
    json.verbatim(String(plan.seed))
    json.key("requests")
    json.integer(requests)
    json.key("late_ms")
    json.beginObject()
    json.key("p99")
    json.verbatim(milliseconds(Double(lateness.p99)))
    json.key("max")
    json.verbatim(milliseconds(Double(lateness.most)))
    json.endObject()
    writeErrors(to: &json)
    if isPaired { writeComparison(to: &json) }
    json.key("services")
    json.beginArray()
    for row in rows { write(row, to: &json) }
    json.endArray()
    json.endObject()
    return String(decoding: json.finish(), as: UTF8.self)
  }

  private func writeErrors(to json: inout JSONWriter) {
    json.key("errors")
    json.integer(errorCount)
    json.key("error_kinds")
    json.beginArray()
    for (side, kind, count) in errorLines {
      json.beginObject()
      if isPaired {
        json.key("schema")
        json.string(side.name)
      }
      json.key("error")
      json.string(kind)
      json.key("count")
      json.integer(count)
      json.endObject()
    }
    json.endArray()
    json.key("sent_again")
    json.integer(resentCount)
  }

  private func writeComparison(to json: inout JSONWriter) {
    json.key("confidence_percent")
    json.integer(RatioInterval.confidencePercent)
    for (name, value) in [("compared", compared), ("different", different), ("uncompared", uncompared)] {
      json.key(name)
      json.integer(value)
    }
    json.key("differences")
    json.beginArray()
    for difference in differences {
      json.beginObject()
      json.key("path")
      json.string(difference.path)
      for (side, body) in [("old", difference.old), ("new", difference.new)] {
        json.key(side)
        json.beginObject()
        json.key("etag")
        json.string(body.etag)
        json.key("bytes")
        json.integer(body.bytes)
        json.endObject()
      }
      json.key("offset")
      json.integer(difference.offset)
      json.endObject()
    }
    json.endArray()
  }

  private func write(_ row: Row, to json: inout JSONWriter) {
    json.beginObject()
    json.key("service")
    json.string(row.name)
    json.key(isPaired ? "pairs" : "requests")
    json.integer(row.count)
    for (name, side) in zip(isPaired ? ["old_ms", "new_ms"] : ["latency_ms"], row.sides) {
      json.key(name)
      json.beginObject()
      for (index, statistic) in Statistic.allCases.enumerated() {
        json.key(statistic.name)
        json.verbatim(side.map { milliseconds($0[index]) } ?? "null")
      }
      json.endObject()
    }
    if isPaired {
      json.key("new_to_old")
      json.beginObject()
      for (index, statistic) in Statistic.allCases.enumerated() {
        let interval = row.intervals[index]
        json.key(statistic.name)
        json.beginObject()
        for (name, value) in [("ratio", row.ratio(index)), ("low", interval?.low), ("high", interval?.high)] {
          json.key(name)
          json.verbatim(value.map { fixed($0, 4) } ?? "null")
        }
        json.key("verdict")
        json.string(Verdict(interval).rawValue)
        json.endObject()
      }
      json.endObject()
    }
    json.endObject()
  }
}
