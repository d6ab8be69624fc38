import TestSupport
import Testing

@testable import Observability

@Suite struct ExpositionTests {
  private static let gauge = MetricFamily("a_seconds", .gauge, labels: ["x", "y"], "one")
  private static let plain = MetricFamily("b", .gauge, "two\nlines \\ \"quoted\"")
  private static let counter = MetricFamily("c_total", .counter, labels: ["x", "y", "z"], "three")
  private static let histogram = MetricFamily(
    "d_seconds", .histogram(bounds: [1, 500_000, 1_000_000_000, 2_500_000_000]), labels: ["x"], "four")
  private static let registry = MetricRegistry([gauge, plain, counter, histogram])

  private static func read(_ exposition: Exposition) throws -> ExpositionReader {
    try ExpositionReader(String(decoding: exposition.finish(), as: UTF8.self))
  }

  @Test("help and label values come back whatever is in them")
  func escapes() throws {
    let hostile = ["", "\"", "\\", "\n", "\\n", "\\\"", "a\"b\\c\nd,e}f{g=\"h\"", "Käuzli 🦉", "\r\t", "# HELP b c"]
    var exposition = Exposition(Self.registry)
    for (number, x) in hostile.enumerated() {
      for y in hostile { exposition.add(Self.gauge, [x, y], Double(number)) }
    }
    exposition.add(Self.plain, 1)
    let reader = try Self.read(exposition)
    #expect(reader.families["b"]?.help == Self.plain.help)
    #expect(reader.families["a_seconds"]?.samples.count == hostile.count * hostile.count)
    for (number, x) in hostile.enumerated() {
      for y in hostile { #expect(reader.value("a_seconds", ["x": x, "y": y]) == Double(number)) }
    }
  }

  @Test(
    "values come back exactly",
    arguments: [
      (0.0, "0"), (-0.0, "0"), (1, "1"), (-3, "-3"), (12.5, "12.5"), (0.1, "0.1"), (1e300, nil), (-2.5e-10, nil),
      (9_007_199_254_740_992, "9007199254740992"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
    ] as [(Double, String?)])
  func values(_ value: Double, _ text: String?) throws {
    var exposition = Exposition(Self.registry)
    exposition.add(Self.plain, value)
    let shown = String(decoding: exposition.finish(), as: UTF8.self).split(separator: "\n").last?.dropFirst(2)
    if let text { #expect(shown.map(String.init) == text) }
    let back = try #require(try Self.read(exposition).value("b"))
    #expect(back == value || (back.isNaN && value.isNaN))
  }

  @Test("families are shown in the registry's order, each once, and none that has no series")
  func order() throws {
    var exposition = Exposition(Self.registry)
    exposition.add(Self.plain, 1)
    exposition.add(Self.gauge, ["1", "1"], 1)
    exposition.add(Self.gauge, ["1", "2"], 2)
    let text = String(decoding: exposition.finish(), as: UTF8.self)
    #expect(
      text == """
        # HELP a_seconds one
        # TYPE a_seconds gauge
        a_seconds{x="1",y="1"} 1
        a_seconds{x="1",y="2"} 2
        # HELP b two\\nlines \\\\ "quoted"
        # TYPE b gauge
        b 1

        """)
  }

  @Test("a place on each axis is a series of its own, from the start, and adds up over grids that were merged")
  func counters() throws {
    let grid = SeriesGrid(
      Self.counter, LabelAxis("x", ["1", "2", "3"]), LabelAxis(["y", "z"], [["a", "b"], ["c", "d"]]))
    var (one, other) = (Counters(grid), Counters(grid))
    for x in 0..<3 {
      for y in 0..<2 {
        for _ in 0..<x * 10 + y { one.add(x, y) }
        for _ in 0..<100 { other.add(x, y) }
      }
    }
    one.merge(other)
    var exposition = Exposition(Self.registry)
    exposition.add(one)
    let reader = try Self.read(exposition)
    #expect(reader.samples("c_total").count == 6)
    for (x, name) in ["1", "2", "3"].enumerated() {
      for (y, names) in [("a", "b"), ("c", "d")].enumerated() {
        #expect(
          reader.value("c_total", ["x": name, "y": names.0, "z": names.1]) == Double(x * 10 + y + 100), "\(x) \(y)")
      }
    }
  }

  @Test("a duration counts in every bucket that is not below it")
  func histograms() throws {
    let grid = SeriesGrid(Self.histogram, LabelAxis("x", ["1", "2"]))
    var (one, other) = (Histograms(grid), Histograms(grid))
    let observed = [
      0, 1, 2, 499_999, 500_000, 500_001, 1_000_000_000, 1_000_000_001, 2_500_000_000, 2_500_000_001, 60_000_000_000,
    ]
    for (number, nanoseconds) in observed.enumerated() {
      if number % 2 == 0 { one.add(nanoseconds, at: 1) } else { other.add(nanoseconds, at: 1) }
    }
    one.merge(other)
    var exposition = Exposition(Self.registry)
    exposition.add(one)
    let reader = try Self.read(exposition)
    for (bound, nanoseconds) in [
      ("0.000000001", 1), ("0.0005", 500_000), ("1", 1_000_000_000), ("2.5", 2_500_000_000), ("+Inf", .max),
    ] {
      let expected = observed.count { $0 <= nanoseconds }
      #expect(reader.value("d_seconds_bucket", ["x": "2", "le": bound]) == Double(expected), "\(bound)")
      #expect(reader.value("d_seconds_bucket", ["x": "1", "le": bound]) == 0)
    }
    #expect(reader.value("d_seconds_count", ["x": "2"]) == Double(observed.count))
    let sum = try #require(reader.value("d_seconds_sum", ["x": "2"]))
    #expect(abs(sum - Double(observed.reduce(0, +)) / 1e9) < 1e-9)
  }

  @Test("a clock that ticks in time is not late; one that did not is, until that is long ago; one that stands still is")
  func lag() {
    var window = LagWindow(period: 100, ticks: 3, now: 0)
    #expect(window.worst(now: 100) == 0)
    window.tick(now: 90)
    #expect(window.worst(now: 150) == 0)
    window.tick(now: 240)
    #expect(window.worst(now: 250) == 50)
    for tick in 1...2 {
      window.tick(now: 240 + tick * 100)
      #expect(window.worst(now: 240 + tick * 100) == 50)
    }
    window.tick(now: 540)
    #expect(window.worst(now: 540) == 0)
    #expect(window.worst(now: 940) == 300)
  }
}
