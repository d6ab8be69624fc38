/// What is measured under one name.
package struct MetricFamily: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case counter
    case gauge
    /// Bounds of its buckets in nanoseconds, ascending; shown in seconds.
    case histogram(bounds: [Int])

    var name: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  package let name: String
  package let help: String
  package let kind: Kind
  /// Names of its labels, in order.
  package let labels: [String]

  /// Traps on a name or a label that Prometheus does not take, and on a counter that is not called `_total`.
  package init(_ name: String, _ kind: Kind, labels: [String] = [], _ help: String) {
    precondition(Self.isName(name, alsoColon: true), "\(name) is no metric name")
    precondition((kind == .counter) == name.hasSuffix("_total"), "\(name): counters, and only they, end in _total")
    precondition(Set(labels).count == labels.count, "\(name): a label is named twice")
    for label in labels {
      precondition(Self.isName(label) && !label.hasPrefix("__") && label != "le", "\(label) is no label name")
    }
    if case .histogram(let bounds) = kind {
      precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "\(name): bounds ascend")
      precondition(labels.allSatisfy { $0 != "quantile" })
    }
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
  }

  /// The names under which its series are shown.
  package var seriesNames: [String] {
    switch kind {
    case .counter, .gauge: [name]
    case .histogram: [name + "_bucket", name + "_sum", name + "_count"]
    }
  }

  private static func isName(_ text: String, alsoColon: Bool = false) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
      case UInt8(ascii: ":"): alsoColon
      default: false
      }
    }
  }
}

/// All families that a program shows, in order.
package struct MetricRegistry: Sendable {
  package let families: [MetricFamily]

  /// Traps if two of them would show series of one name.
  package init(_ families: [MetricFamily]) {
    // A histogram takes its own name too.
    let names = families.flatMap { Set($0.seriesNames + [$0.name]) }
    precondition(Set(names).count == names.count, "a metric name belongs to one family")
    self.families = families
  }
}
