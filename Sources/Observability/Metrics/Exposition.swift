/// Metrics as Prometheus reads them: the text exposition format, version 0.0.4.
///
/// Series may be added in any order; they are shown by family, in the registry's order. A family without series is not
/// shown.
package struct Exposition {
  private let families: [MetricFamily]
  private var places: [String: Int] = [:]
  private var series: [[UInt8]]

  package init(_ registry: MetricRegistry) {
    families = registry.families
    for (place, family) in families.enumerated() { places[family.name] = place }
    series = Array(repeating: [], count: families.count)
  }

  /// - Parameter labels: the values of the family's labels, in their order.
  package mutating func add(_ family: MetricFamily, _ labels: [String], _ value: Double) {
    line(place(of: family), family.name, family.labels, labels, Self.text(value))
  }

  package mutating func add(_ family: MetricFamily, _ value: Double) { add(family, [], value) }

  package mutating func add(_ counters: Counters) {
    let family = counters.grid.family
    let place = place(of: family)
    for index in 0..<counters.grid.count {
      line(place, family.name, family.labels, counters.grid.labels(of: index), String(counters[index]))
    }
  }

  package mutating func add(_ histograms: Histograms) {
    let family = histograms.grid.family
    let place = place(of: family)
    let bounds = histograms.bounds.map(Self.seconds) + ["+Inf"]
    for index in 0..<histograms.grid.count {
      let labels = histograms.grid.labels(of: index)
      var below = 0
      for (bound, count) in zip(bounds, histograms.buckets(index)) {
        below += count
        line(place, family.name + "_bucket", family.labels + ["le"], labels + [bound], String(below))
      }
      line(place, family.name + "_sum", family.labels, labels, Self.seconds(histograms.sum(index)))
      line(place, family.name + "_count", family.labels, labels, String(below))
    }
  }

  package func finish() -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(series.reduce(8_192) { $0 + $1.count })
    for (family, lines) in zip(families, series) where !lines.isEmpty {
      text += "# HELP \(family.name) ".utf8
      Self.escape(family.help, quotes: false, to: &text)
      text += "\n# TYPE \(family.name) \(family.kind.name)\n".utf8
      text += lines
    }
    return text
  }

  private func place(of family: MetricFamily) -> Int {
    guard let place = places[family.name], families[place] == family else {
      preconditionFailure("\(family.name) is not in the registry")
    }
    return place
  }

  private mutating func line(_ place: Int, _ name: String, _ names: [String], _ values: [String], _ value: String) {
    precondition(names.count == values.count, "\(name): a value for each label")
    series[place] += name.utf8
    var separator = UInt8(ascii: "{")
    for (name, value) in zip(names, values) {
      series[place].append(separator)
      series[place] += name.utf8
      series[place] += "=\"".utf8
      Self.escape(value, quotes: true, to: &series[place])
      series[place].append(UInt8(ascii: "\""))
      separator = UInt8(ascii: ",")
    }
    if !names.isEmpty { series[place].append(UInt8(ascii: "}")) }
    series[place].append(UInt8(ascii: " "))
    series[place] += value.utf8
    series[place].append(UInt8(ascii: "\n"))
  }

  private static func escape(_ value: String, quotes: Bool, to text: inout [UInt8]) {
    for byte in value.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): text += #"\\"#.utf8
      case UInt8(ascii: "\n"): text += #"\n"#.utf8
      case UInt8(ascii: "\"") where quotes: text += #"\""#.utf8
      default: text.append(byte)
      }
    }
  }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    return Int(exactly: value).map(String.init) ?? value.description
  }

  /// Exact, without trailing zeros.
  private static func seconds(_ nanoseconds: Int) -> String {
    let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard rest > 0 else { return String(whole) }
    var digits = String(rest + 1_000_000_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(whole).\(digits)"
  }
}
