/// A competitor of a brand, by its `brand_competitors.id`.
package struct Competitor: Hashable, Sendable {
  package let id: Int
  package let name: String

  package init(id: Int, name: String) {
    self.id = id
    self.name = name
  }
}

/// The names to look for: a brand and all its competitors, tokenised once for any number of answers.
package struct Roster: Sendable {
  /// Each distinct token of the names, by its UTF-8, with its number.
  let vocabulary: [[UInt8]: Int]
  /// The names that can be mentioned, in the order in which they win where several match.
  let names: [Name]
  /// For each token number the names that begin with it, as ascending indices of `names`.
  let namesByFirstToken: [[Int]]
  let competitorCount: Int

  struct Name: Sendable {
    let entity: Entity
    let tokens: [Int]
  }

  enum Entity: Hashable, Sendable {
    case brand
    /// By its place among the competitors given.
    case competitor(Int)
  }

  package init(brand: String, competitors: [Competitor]) {
    var vocabulary: [[UInt8]: Int] = [:]
    func candidate(_ entity: Entity, _ name: String, rank: Int) -> Candidate {
      var tokens: [Int] = []
      Tokeniser.forEachToken(in: name[...]) { token in
        tokens.append(vocabulary[token, default: vocabulary.count])
        vocabulary[token] = tokens.last
      }
      return Candidate(
        name: Name(entity: entity, tokens: tokens), characters: normalised(name[...]).count, rank: rank)
    }

    let byID = competitors.enumerated().sorted { $0.element.id < $1.element.id }
    var candidates = [candidate(.brand, brand, rank: 0)]
    for (rank, (place, competitor)) in byID.enumerated() {
      candidates.append(candidate(.competitor(place), competitor.name, rank: rank + 1))
    }

    names = candidates.sorted { $0.wins(over: $1) }.map(\.name).filter { !$0.tokens.isEmpty }
    var namesByFirstToken = [[Int]](repeating: [], count: vocabulary.count)
    for (index, name) in names.enumerated() { namesByFirstToken[name.tokens[0]].append(index) }
    self.namesByFirstToken = namesByFirstToken
    self.vocabulary = vocabulary
    competitorCount = competitors.count
  }

  private struct Candidate {
    let name: Name
    /// Scalars of the whole normalised name, so that no spelling of the same name is longer.
    let characters: Int
    /// The brand first, then the competitors by id.
    let rank: Int

    /// Most tokens, then most characters, then the brand, then the lower id.
    func wins(over other: Candidate) -> Bool {
      (other.name.tokens.count, other.characters, rank) < (name.tokens.count, characters, other.rank)
    }
  }
}
