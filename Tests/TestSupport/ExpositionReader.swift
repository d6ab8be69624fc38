/// Reads the text exposition format, version 0.0.4, as its specification says and nothing else; knows nothing of the
/// program. It refuses what Prometheus would refuse, and what it would take for something else.
package struct ExpositionReader {
  package struct Series: Hashable, Sendable {
    package let name: String
    package let labels: [String: String]
  }

  package struct Family: Sendable {
    package var help: String?
    package var type: String?
    /// In the order shown.
    package var samples: [(series: Series, value: Double)] = []
  }

  package struct Fault: Error, CustomStringConvertible {
    package let description: String
  }

  package private(set) var families: [String: Family] = [:]
  private var closed: Set<String> = []
  private var seen: Set<Series> = []
  private var last: String?

  package init(_ text: String) throws {
    guard text.utf8.last == UInt8(ascii: "\n") else { throw Fault(description: "the last line has no end") }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() { try read(line) }
    for (name, family) in families { try check(name, family) }
  }

  /// The value of one series; nil: it is not there.
  package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    let series = Series(name: name, labels: labels)
    return samples(name).first { $0.series == series }?.value
  }

  /// All series of a name.
  package func samples(_ name: String) -> [(series: Series, value: Double)] {
    families.values.flatMap(\.samples).filter { $0.series.name == name }
  }

  private mutating func read(_ line: Substring) throws {
    func fault(_ what: String) -> Fault { Fault(description: "\(what): \(line)") }
    if line.isEmpty { return }
    if line.hasPrefix("#") {
      let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
      guard parts.count == 4, parts[0] == "#" else { throw fault("a comment that is neither HELP nor TYPE") }
      let name = String(parts[2])
      try enter(name, fault)
      switch parts[1] {
      case "HELP":
        guard families[name]?.help == nil else { throw fault("a second HELP") }
        families[name]?.help = try Self.unescaped(parts[3], quotes: false, fault)
      case "TYPE":
        guard families[name]?.type == nil else { throw fault("a second TYPE") }
        guard families[name]?.samples.isEmpty == true else { throw fault("TYPE after samples") }
        guard ["counter", "gauge", "histogram", "summary", "untyped"].contains(parts[3]) else { throw fault("a type") }
        families[name]?.type = String(parts[3])
      default: throw fault("a comment that is neither HELP nor TYPE")
      }
      return
    }
    let (series, value) = try Self.sample(line, fault)
    let name = family(of: series.name)
    try enter(name, fault)
    guard families[name]?.type != nil, families[name]?.help != nil else { throw fault("no HELP and TYPE before it") }
    guard seen.insert(series).inserted else { throw fault("a series that was there before") }
    families[name]?.samples.append((series, value))
  }

  /// All lines of a family are one group.
  private mutating func enter(_ name: String, _ fault: (String) -> Fault) throws {
    guard name != last else { return }
    guard !closed.contains(name) else { throw fault("a family in two groups") }
    if let last { closed.insert(last) }
    last = name
    families[name] = Family()
  }

  private func family(of series: String) -> String {
    for suffix in ["_bucket", "_sum", "_count"] where series.hasSuffix(suffix) {
      let name = String(series.dropLast(suffix.count))
      if families[name]?.type == "histogram" { return name }
    }
    return series
  }

  private static func sample(_ line: Substring, _ fault: (String) -> Fault) throws -> (Series, Double) {
    guard let name = line.prefixMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) else { throw fault("no metric name") }
    var rest = line[name.range.upperBound...]
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while true {
        guard let label = rest.prefixMatch(of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/) else {
          throw fault("a label")
        }
        guard labels.updateValue(try unescaped(label.2, quotes: true, fault), forKey: String(label.1)) == nil else {
          throw fault("a label twice")
        }
        rest = rest[label.range.upperBound...]
        guard let next = rest.popFirst(), next == "," || next == "}" else { throw fault("the end of a label") }
        if next == "}" { break }
      }
    }
    guard rest.popFirst() == " " else { throw fault("no blank before the value") }
    return (Series(name: String(name.output), labels: labels), try number(rest, fault))
  }

  private static func number(_ text: Substring, _ fault: (String) -> Fault) throws -> Double {
    switch text {
    case "+Inf": return .infinity
    case "-Inf": return -.infinity
    case "NaN": return .nan
    default:
      guard text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) != nil, let value = Double(text) else {
        throw fault("no number")
      }
      return value
    }
  }

  private static func unescaped(_ text: Substring, quotes: Bool, _ fault: (String) -> Fault) throws -> String {
    var plain = ""
    var isEscaped = false
    for character in text {
      switch (isEscaped, character) {
      case (true, "\\"): plain.append("\\")
      case (true, "n"): plain.append("\n")
      case (true, "\"") where quotes: plain.append("\"")
      case (true, _): throw fault("an escape that is none")
      case (false, "\\"): break
      case (false, _): plain.append(character)
      }
      isEscaped = !isEscaped && character == "\\"
    }
    guard !isEscaped else { throw fault("an escape without an end") }
    return plain
  }

  private func check(_ name: String, _ family: Family) throws {
    guard !family.samples.isEmpty else { throw Fault(description: "\(name) has no samples") }
    let labels = Set(family.samples.map { Set($0.series.labels.keys).subtracting(["le"]) })
    guard labels.count == 1 else { throw Fault(description: "\(name) has series of different labels") }
    switch family.type {
    case "counter":
      for (series, value) in family.samples where !(value >= 0) { throw Fault(description: "\(series) is negative") }
    case "histogram": try checkHistogram(name, family)
    default: break
    }
    guard family.type == "histogram" || family.samples.allSatisfy({ $0.series.labels["le"] == nil }) else {
      throw Fault(description: "\(name) has a label of histograms")
    }
  }

  private func checkHistogram(_ name: String, _ family: Family) throws {
    let groups = Dictionary(grouping: family.samples) { $0.series.labels.filter { $0.key != "le" } }
    for (labels, samples) in groups {
      func fault(_ what: String) -> Fault { Fault(description: "\(name) \(labels): \(what)") }
      let buckets = samples.filter { $0.series.name == name + "_bucket" }
      let bounds = try buckets.map { bucket in
        guard let bound = bucket.series.labels["le"] else { throw fault("a bucket without a bound") }
        return try Self.number(bound[...]) { fault("the bound \(bound): \($0)") }
      }
      guard zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 }) else { throw fault("bounds do not ascend") }
      guard bounds.last == .infinity else { throw fault("no bucket without a bound") }
      guard zip(buckets, buckets.dropFirst()).allSatisfy({ $0.value <= $1.value }) else {
        throw fault("buckets are not cumulative")
      }
      let counts = samples.filter { $0.series.name == name + "_count" }
      let sums = samples.filter { $0.series.name == name + "_sum" }
      guard counts.count == 1, sums.count == 1 else { throw fault("not one _count and one _sum") }
      guard samples.count == buckets.count + 2 else { throw fault("other series") }
      guard counts[0].value == buckets.last?.value else { throw fault("_count is not the last bucket") }
      // Nothing observed takes less than no time.
      guard sums[0].value >= 0, counts[0].value > 0 || sums[0].value == 0 else { throw fault("_sum") }
    }
  }
}
