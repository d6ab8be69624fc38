/// `deploy/prometheus/alerts.yml`: the little of YAML that it uses, and nothing else.
struct AlertRules {
  struct Rule {
    let alert: String
    var fields: [String: String] = [:]
    var labels: [String: String] = [:]
    var annotations: [String: String] = [:]
  }

  struct Fault: Error { let line: String }

  private(set) var rules: [Rule] = []

  init(_ text: String) throws {
    var head = ["groups:", "  - name: switchyard", "    rules:"][...]
    var map: WritableKeyPath<Rule, [String: String]>?
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if let expected = head.popFirst() {
        guard line == expected else { throw Fault(line: String(line)) }
      } else if let match = line.wholeMatch(of: /[ ]{6}- alert: ([A-Za-z]+)/) {
        rules.append(Rule(alert: String(match.1)))
        map = nil
      } else if let match = line.wholeMatch(of: /[ ]{8}(labels|annotations):/) {
        map = match.1 == "labels" ? \.labels : \.annotations
      } else if let match = line.wholeMatch(of: /[ ]{8}(expr|for): (.+)/), !rules.isEmpty {
        try Self.put(String(match.1), Self.scalar(match.2), into: &rules[rules.count - 1].fields)
      } else if let match = line.wholeMatch(of: /[ ]{10}([a-z]+): (.+)/), let map {
        try Self.put(String(match.1), Self.scalar(match.2), into: &rules[rules.count - 1][keyPath: map])
      } else {
        throw Fault(line: String(line))
      }
    }
  }

  private static func put(_ key: String, _ value: String, into map: inout [String: String]) throws {
    guard map.updateValue(value, forKey: key) == nil else { throw Fault(line: key) }
  }

  /// In single quotes, or plain (YAML 1.2 section 7.3): what would begin something else, or a comment, is refused.
  private static func scalar(_ text: Substring) throws -> String {
    if text.first == "'" {
      guard text.count > 1, text.last == "'" else { throw Fault(line: String(text)) }
      let inner = text.dropFirst().dropLast()
      guard !inner.replacing("''", with: "").contains("'") else { throw Fault(line: String(text)) }
      return inner.replacing("''", with: "'").description
    }
    guard let first = text.first, first.isLetter || first.isNumber, !text.contains(": "), !text.contains(" #"),
      !text.hasSuffix(" "), !text.hasSuffix(":")
    else { throw Fault(line: String(text)) }
    return String(text)
  }
}
