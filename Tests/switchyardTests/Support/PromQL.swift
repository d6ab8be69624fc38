/// What an expression of PromQL asks for: which metrics, by which labels. Enough of the grammar for that; what it does not
/// know, it refuses.
struct PromQL {
  struct Selector: Equatable {
    let metric: String
    /// Of its matchers: label, operator and value.
    var matchers: [(label: String, value: String, isPattern: Bool)] = []

    static func == (a: Self, b: Self) -> Bool {
      a.metric == b.metric && a.matchers.elementsEqual(b.matchers) { $0 == $1 }
    }
  }

  struct Fault: Error { let text: String }

  private(set) var selectors: [Selector] = []
  /// Labels of `by`, `without`, `on` and `ignoring`.
  private(set) var grouping: Set<String> = []

  private static let functions: Set = [
    "rate", "increase", "delta", "histogram_quantile", "sum", "max", "min", "avg", "count", "clamp_min", "time",
  ]
  private static let groupings: Set = ["by", "without", "on", "ignoring"]
  private static let operators: Set = ["and", "or", "unless", "bool"]

  init(_ expression: String) throws {
    var rest = expression[...]
    var depth = 0
    func next() -> Substring { rest.drop { $0 == " " } }
    while true {
      rest = next()
      guard let first = rest.first else { break }
      if let name = rest.prefixMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) {
        rest = rest[name.range.upperBound...]
        let word = String(name.output)
        if Self.groupings.contains(word) {
          rest = next()
          guard let list = rest.prefixMatch(of: /\(([a-z_]+(?:, ?[a-z_]+)*)\)/) else {
            throw Fault(text: "\(word) \(rest)")
          }
          grouping.formUnion(list.1.split(separator: ",").map { String($0.drop { $0 == " " }) })
          rest = rest[list.range.upperBound...]
        } else if Self.functions.contains(word) {
          guard next().hasPrefix("(") || next().hasPrefix("by ") else { throw Fault(text: "\(word) is no call") }
        } else if !Self.operators.contains(word) {
          var selector = Selector(metric: word)
          if rest.first == "{" { selector.matchers = try Self.matchers(&rest) }
          selectors.append(selector)
        }
      } else if let range = rest.prefixMatch(of: /\[(?:[0-9]+[smh]|\$__rate_interval)\]/) {
        rest = rest[range.range.upperBound...]
      } else if let number = rest.prefixMatch(of: /[0-9]+(?:\.[0-9]+)?/) {
        rest = rest[number.range.upperBound...]
      } else if let sign = rest.prefixMatch(of: /==|!=|>=|<=|[-+*\/<>,()]/) {
        depth += sign.output == "(" ? 1 : sign.output == ")" ? -1 : 0
        guard depth >= 0 else { throw Fault(text: "a parenthesis too many") }
        rest = rest[sign.range.upperBound...]
      } else {
        throw Fault(text: "\(first) in \(expression)")
      }
    }
    guard depth == 0, !selectors.isEmpty else { throw Fault(text: expression) }
  }

  private static func matchers(
    _ rest: inout Substring
  ) throws -> [(label: String, value: String, isPattern: Bool)] {
    guard let block = rest.prefixMatch(of: /\{((?:[^"}]|"[^"]*")*)\}/) else { throw Fault(text: String(rest)) }
    rest = rest[block.range.upperBound...]
    var list = block.1
    var matchers: [(label: String, value: String, isPattern: Bool)] = []
    while let matcher = list.prefixMatch(of: /([a-z_]+)(=~|!~|!=|=)"([^"]*)"(?:,|$)/) {
      matchers.append((String(matcher.1), String(matcher.3), matcher.2.hasSuffix("~")))
      list = list[matcher.range.upperBound...]
    }
    guard list.isEmpty, !matchers.isEmpty else { throw Fault(text: String(block.output.0)) }
    return matchers
  }
}
