/// A regular expression over octets, written like the ABNF of the RFCs and run as a table of states.
indirect enum Pattern: Sendable {
  case octet(ClosedRange<UInt8>)
  case sequence([Pattern])
  case choice([Pattern])
  case many(Pattern, atLeast: Int, atMost: Int?)

  /// Exactly this text.
  static func text(_ text: String) -> Pattern { .sequence(octets(text).map { .octet($0...$0) }) }

  /// This text in any ASCII case.
  static func anyCase(_ text: String) -> Pattern {
    .sequence(
      octets(text).map { octet in
        let scalar = Unicode.Scalar(octet)
        let cases = octets(scalar.properties.lowercaseMapping) + octets(scalar.properties.uppercaseMapping)
        return .choice(cases.map { .octet($0...$0) })
      })
  }

  static func anyOf(_ text: String) -> Pattern { .choice(octets(text).map { .octet($0...$0) }) }
  static func zeroOrMore(_ pattern: Pattern) -> Pattern { .many(pattern, atLeast: 0, atMost: nil) }
  static func oneOrMore(_ pattern: Pattern) -> Pattern { .many(pattern, atLeast: 1, atMost: nil) }
  static func optional(_ pattern: Pattern) -> Pattern { .many(pattern, atLeast: 0, atMost: 1) }
}

/// The deterministic automaton of a pattern, by subset construction.
struct Automaton: Sendable {
  private var table: [Int32] = []
  private var accepting: [Bool] = []

  init(_ pattern: Pattern) {
    var states = NondeterministicStates()
    let start = states.add()
    let end = states.connect(pattern, from: start)
    var numbers: [Set<Int>: Int32] = [:]
    var waiting: [Set<Int>] = []

    func number(_ set: Set<Int>, _ accepting: inout [Bool]) -> Int32 {
      if set.isEmpty { return -1 }
      if let known = numbers[set] { return known }
      let new = Int32(numbers.count)
      numbers[set] = new
      accepting.append(set.contains(end))
      waiting.append(set)
      return new
    }
    _ = number(states.closure([start]), &accepting)
    var next = 0
    while next < waiting.count {
      let set = waiting[next]
      next += 1
      var targets = [Set<Int>](repeating: [], count: 256)
      for state in set {
        for (range, target) in states.edges[state] { for octet in range { targets[Int(octet)].insert(target) } }
      }
      var closures: [Set<Int>: Set<Int>] = [:]
      for target in targets {
        let closure = closures[target] ?? states.closure(target)
        closures[target] = closure
        table.append(number(closure, &accepting))
      }
    }
  }

  func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
    var state: Int32 = 0
    for octet in bytes {
      state = table[Int(state) << 8 | Int(octet)]
      if state < 0 { return false }
    }
    return accepting[Int(state)]
  }
}

private struct NondeterministicStates {
  var edges: [[(ClosedRange<UInt8>, Int)]] = []
  var empty: [[Int]] = []

  mutating func add() -> Int {
    edges.append([])
    empty.append([])
    return edges.count - 1
  }

  /// Adds the pattern behind `from`; gives its last state.
  mutating func connect(_ pattern: Pattern, from: Int) -> Int {
    switch pattern {
    case .octet(let range):
      let end = add()
      edges[from].append((range, end))
      return end
    case .sequence(let parts):
      return parts.reduce(from) { connect($1, from: $0) }
    case .choice(let parts):
      let end = add()
      for part in parts { empty[connect(part, from: from)].append(end) }
      return end
    case .many(let part, let least, let most):
      var last = from
      for _ in 0..<least { last = connect(part, from: last) }
      if let most {
        let end = add()
        empty[last].append(end)
        for _ in least..<most {
          last = connect(part, from: last)
          empty[last].append(end)
        }
        return end
      }
      let loop = add()
      empty[last].append(loop)
      empty[connect(part, from: loop)].append(loop)
      return loop
    }
  }

  func closure(_ set: Set<Int>) -> Set<Int> {
    var all = set
    var waiting = Array(set)
    while let state = waiting.popLast() {
      for target in empty[state] where all.insert(target).inserted { waiting.append(target) }
    }
    return all
  }
}
