/// A token of an answer as far as the roster knows it.
struct AnswerToken: Sendable {
  /// The vocabulary's number of the token.
  let whole: Int?
  /// The vocabulary's number of the token without its possessive `'s`, if it carries one.
  let possessor: Int?
  /// Index of its sentence.
  let sentence: Int
}

struct Mention: Hashable, Sendable {
  let entity: Roster.Entity
  /// Index of the token at which it starts.
  let start: Int
}

extension Roster {
  func tokens(of sentences: [Substring]) -> [AnswerToken] {
    var tokens: [AnswerToken] = []
    for (index, sentence) in sentences.enumerated() {
      Tokeniser.forEachToken(in: sentence) { token in
        tokens.append(AnswerToken(whole: vocabulary[token], possessor: possessor(of: token), sentence: index))
      }
    }
    return tokens
  }

  private func possessor(of token: [UInt8]) -> Int? {
    guard token.count > 2, token[token.count - 1] == UInt8(ascii: "s"), token[token.count - 2] == UInt8(ascii: "'")
    else { return nil }
    return vocabulary[Array(token.dropLast(2))]
  }

  /// The mentions in the order of the text. They never overlap: leftmost first, then the name that wins.
  func mentions(in tokens: [AnswerToken]) -> [Mention] {
    var mentions: [Mention] = []
    var start = 0
    while start < tokens.count {
      if let name = winningName(at: start, in: tokens) {
        mentions.append(Mention(entity: name.entity, start: start))
        start += name.tokens.count
      } else {
        start += 1
      }
    }
    return mentions
  }

  private func winningName(at start: Int, in tokens: [AnswerToken]) -> Name? {
    let beginnings = [tokens[start].whole, tokens[start].possessor].compactMap(\.self)
    let winners = beginnings.compactMap { token in
      namesByFirstToken[token].first { matches(names[$0], at: start, in: tokens) }
    }
    return winners.min().map { names[$0] }
  }

  private func matches(_ name: Name, at start: Int, in tokens: [AnswerToken]) -> Bool {
    let last = start + name.tokens.count - 1
    guard last < tokens.count else { return false }
    for (index, token) in zip(start..., name.tokens.dropLast()) where tokens[index].whole != token { return false }
    return tokens[last].whole == name.tokens.last || tokens[last].possessor == name.tokens.last
  }
}
