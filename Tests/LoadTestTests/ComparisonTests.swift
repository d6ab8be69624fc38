import HTTP
import Testing

@testable import LoadTest

@Suite struct ComparisonTests {
  private static func answer(_ body: String, etag: String? = nil) -> Answer {
    var parser = ResponseParser()
    let field = etag.map { "ETag: \($0)\r\n" } ?? ""
    let bytes = Array("HTTP/1.1 200 OK\r\n\(field)Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)
    var answer: Answer?
    if case .answer(let read) = parser.receive(bytes.span).event { answer = read }
    return answer!
  }

  private static func slot(_ number: Int, _ side: Schedule.Side) -> Schedule.Slot {
    Schedule.Slot(number: number, group: 0, path: 0, side: side, isWarmUp: false, nanoseconds: 0)
  }

  @Test("pairs meet in any order, and equal bytes are equal")
  func equal() {
    var comparison = Comparison()
    comparison.take(Self.answer("a"), of: Self.slot(0, .old), path: "/0")
    comparison.take(Self.answer("b"), of: Self.slot(1, .new), path: "/1")
    #expect(comparison.comparedCount == 0)
    comparison.take(Self.answer("b"), of: Self.slot(1, .old), path: "/1")
    comparison.take(Self.answer("a"), of: Self.slot(0, .new), path: "/0")
    #expect(comparison.comparedCount == 2 && comparison.differentCount == 0 && comparison.differences.isEmpty)
  }

  @Test(
    "one byte is a difference, with what each side sent", arguments: [true, false],
    [("abc", "abd", 2), ("abc", "ab", 2), ("", "x", 0), ("abc", "xbc", 0), ("é", "e\u{301}", 0)])
  func different(_ isOldFirst: Bool, _ bodies: (old: String, new: String, offset: Int)) throws {
    var comparison = Comparison()
    for side in isOldFirst ? [Schedule.Side.old, .new] : [.new, .old] {
      let body = side == .old ? bodies.old : bodies.new
      comparison.take(Self.answer(body, etag: "\"\(side.name)\""), of: Self.slot(0, side), path: "/p")
    }
    #expect(comparison.comparedCount == 1 && comparison.differentCount == 1)
    let difference = try #require(comparison.differences.first)
    #expect(difference.path == "/p" && difference.offset == bodies.offset)
    #expect(difference.old == .init(etag: "\"old\"", bytes: bodies.old.utf8.count))
    #expect(difference.new == .init(etag: "\"new\"", bytes: bodies.new.utf8.count))
  }

  @Test("a pair of which one has no answer is not compared, whichever comes first")
  func missing() {
    for halves in [[nil, "a"], ["a", nil], [nil, nil]] {
      var comparison = Comparison()
      for (side, body) in zip([Schedule.Side.new, .old], halves) {
        comparison.take(body.map { Self.answer($0) }, of: Self.slot(0, side), path: "/")
      }
      #expect(comparison.comparedCount == 0 && comparison.differentCount == 0 && comparison.uncomparedCount == 0)
    }
  }

  @Test("all differences are counted, the first are kept")
  func bounded() {
    var comparison = Comparison()
    for number in 0..<(Plan.differencesKept + 5) {
      comparison.take(Self.answer("a"), of: Self.slot(number, .old), path: "/\(number)")
      comparison.take(Self.answer("b"), of: Self.slot(number, .new), path: "/\(number)")
    }
    #expect(comparison.differentCount == Plan.differencesKept + 5)
    #expect(comparison.differences.map(\.path) == (0..<Plan.differencesKept).map { "/\($0)" })
  }

  @Test("bodies are kept up to the limit; a pair beyond it is told of, and space comes back")
  func memory() {
    var comparison = Comparison()
    let large = Self.answer(String(repeating: "x", count: Int(ClientConnection.limits.bodyBytesMax / 32)))
    let fitting = Plan.heldBytesMax / large.body.count
    for number in 0...fitting { comparison.take(large, of: Self.slot(number, .old), path: "/") }
    #expect(comparison.uncomparedCount == 1)
    for number in 0...fitting { comparison.take(large, of: Self.slot(number, .new), path: "/") }
    #expect(comparison.comparedCount == fitting && comparison.differentCount == 0)
    for number in 1_000..<(1_000 + fitting) { comparison.take(large, of: Self.slot(number, .old), path: "/") }
    #expect(comparison.uncomparedCount == 1)
  }

  @Test("a queue gives in order what it was given")
  func queue() {
    var queue = Queue<Int>()
    var (given, taken) = (0, 0)
    var random = SeededRandom(seed: 4)
    for _ in 0..<10_000 {
      if random.below(2) == 0 {
        queue.append(given)
        given += 1
      } else if let next = queue.popFirst() {
        #expect(next == taken)
        taken += 1
      }
      #expect(queue.count == given - taken && queue.first == (given == taken ? nil : taken))
    }
  }
}
