/// Labels that go together, and every combination of values that they may have.
package struct LabelAxis: Sendable, Equatable {
  package let names: [String]
  package let values: [[String]]

  package init(_ name: String, _ values: [String]) { self.init([name], values.map { [$0] }) }

  package init(_ names: [String], _ values: [[String]]) {
    precondition(!values.isEmpty && values.allSatisfy { $0.count == names.count })
    self.names = names
    self.values = values
  }
}

/// Every series of a family of which all label values are known beforehand, in one row: recording is an addition at an
/// index, and nothing that a request holds can become a label.
package struct SeriesGrid: Sendable, Equatable {
  package let family: MetricFamily
  package let count: Int
  private let axes: [LabelAxis]
  /// Values of the second axis and of the third; 1 where there is none.
  private let seconds: Int
  private let thirds: Int

  /// Traps unless the axes, three at most, name the family's labels in order.
  package init(_ family: MetricFamily, _ axes: LabelAxis...) {
    precondition((1...3).contains(axes.count))
    precondition(axes.flatMap(\.names) == family.labels, "\(family.name): the axes are its labels")
    self.family = family
    self.axes = axes
    count = axes.reduce(1) { $0 * $1.values.count }
    seconds = axes.count > 1 ? axes[1].values.count : 1
    thirds = axes.count > 2 ? axes[2].values.count : 1
  }

  /// By a place on each axis.
  func index(_ first: Int, _ second: Int = 0, _ third: Int = 0) -> Int {
    precondition((0..<seconds).contains(second) && (0..<thirds).contains(third))
    return (first * seconds + second) * thirds + third
  }

  package func labels(of index: Int) -> [String] {
    var rest = index
    var values: [[String]] = []
    for axis in axes.reversed() {
      values.append(axis.values[rest % axis.values.count])
      rest /= axis.values.count
    }
    return values.reversed().flatMap { $0 }
  }
}

/// How often something has happened, by the labels of a grid.
package struct Counters: Sendable, Equatable {
  package let grid: SeriesGrid
  private var counts: [Int]

  package init(_ grid: SeriesGrid) {
    precondition(grid.family.kind == .counter)
    self.grid = grid
    counts = Array(repeating: 0, count: grid.count)
  }

  package subscript(_ index: Int) -> Int { counts[index] }

  /// The places are those of the grid's axes.
  package mutating func add(_ first: Int, _ second: Int = 0, _ third: Int = 0) {
    counts[grid.index(first, second, third)] += 1
  }

  package mutating func merge(_ other: Counters) {
    precondition(other.grid.family == grid.family)
    for index in counts.indices { counts[index] += other.counts[index] }
  }
}

/// How long something has taken, by the labels of a grid.
package struct Histograms: Sendable, Equatable {
  package let grid: SeriesGrid
  package let bounds: [Int]
  /// For each series its buckets, one more than bounds, each without the ones below.
  private var counts: [Int]
  private var sums: [Int]

  package init(_ grid: SeriesGrid) {
    guard case .histogram(let bounds) = grid.family.kind else { preconditionFailure("\(grid.family.name)") }
    self.grid = grid
    self.bounds = bounds
    counts = Array(repeating: 0, count: grid.count * (bounds.count + 1))
    sums = Array(repeating: 0, count: grid.count)
  }

  /// The places are those of the grid's axes.
  package mutating func add(_ nanoseconds: Int, at first: Int, _ second: Int = 0, _ third: Int = 0) {
    let index = grid.index(first, second, third)
    var bucket = 0
    while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
    counts[index * (bounds.count + 1) + bucket] += 1
    sums[index] += nanoseconds
  }

  package mutating func merge(_ other: Histograms) {
    precondition(other.grid.family == grid.family)
    for index in counts.indices { counts[index] += other.counts[index] }
    for index in sums.indices { sums[index] += other.sums[index] }
  }

  /// Of a series: its buckets, each without the ones below; the last one has no bound.
  package func buckets(_ index: Int) -> ArraySlice<Int> {
    counts[index * (bounds.count + 1)..<(index + 1) * (bounds.count + 1)]
  }

  /// Of a series, in nanoseconds.
  package func sum(_ index: Int) -> Int { sums[index] }
}
