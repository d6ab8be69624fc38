import Foundation
import TestSupport

/// Old posts with vectors that differ in all ways that matter to a search, and which of them are near, by the README.
struct OldVectors {
  struct Post {
    let id: Int
    /// Nil: the mapping leaves the vector out.
    var model: String?
    var vector: [Double]
    var organization = VectorStage.here
  }

  private(set) var posts: [Post] = []
  private(set) var inserts: [String] = []
  private var random: SeededGenerator

  /// - Parameter length: of most vectors.
  init(_ count: Int, length: Int, seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for id in 1...count { add(id, vector(length)) }
  }

  /// Integers, so that many are equally far; others by hundreds of digits; those of other posts again.
  private mutating func vector(_ usual: Int) -> [Double] {
    let length = random.chance(8) ? random.pick([1, 3, usual + 1]) : usual
    switch random.below(7) {
    case 0 where !posts.isEmpty: return random.pick(posts).vector
    case 1 where !posts.isEmpty:
      let factor = random.pick([2.0, 0.5, -1, 1.000_001])
      return random.pick(posts).vector.map { $0 * factor }
    case 2: return (0..<length).map { _ in random.pick([1e-15, 1e4, -1e4, 0, 1]) }
    case 3, 4: return (0..<length).map { _ in Double(random.within(-2...2)) }
    default: return (0..<length).map { _ in Double.random(in: -1...1, using: &random) }
    }
  }

  private mutating func add(_ id: Int, _ vector: [Double]) {
    let (written, model) = random.pick([
      ("m@2", "m@2"), ("m@2", "m@2"), (" M@2\\t", "m@2"), ("m@1", "m@1"), ("m", "m@1"), ("other/n", "other/n@1"),
    ])
    let isThere = random.chance(8)
    var post = Post(id: id, model: model, vector: vector, organization: isThere ? VectorStage.there : VectorStage.here)
    var name: String? = written
    var array = "'{\(vector.map { "\($0)" }.joined(separator: ","))}'::float8[]"
    switch random.below(25) {
    case 0: (name, post.model) = (nil, nil)
    case 1: (name, post.model) = ("no model!", nil)
    case 2: (array, post.model) = (random.pick(["'{1,NULL,2}'", "'{NaN}'", "'{}'", "'{{1},{2}}'", "NULL"]), nil)
    case 3: (array, post.model) = ("array_fill(1e5::float8, ARRAY[\(vector.count)])", nil)
    default: break
    }
    // what single precision or its limits make of them is not this oracle's matter
    if !vector.contains(where: { $0 != 0 }) || vector.contains(where: { $0 != 0 && !(1e-15...1e4).contains(abs($0)) }) {
      post.model = nil
    }
    posts.append(post)
    inserts.append(
      """
      INSERT INTO social.posts (id, workspace_id, team, platform, status, text, embedding, embedding_model, created_at)
      VALUES (\(id), \(isThere ? "NULL, ' There'" : "'\(VectorStage.here)', NULL"), 'x', 'published', 'post \(id)',
        \(array), \(name.map { "E'\($0)'" } ?? "NULL"), '2025-05-01Z'::timestamptz + \(id) * INTERVAL '1 minute')
      """)
  }

  /// The nearest to `post`, measured in another language.
  func nearest(to post: Post, _ k: Int) -> [VectorStage.Neighbour] {
    guard let model = post.model else { return [] }
    return posts.filter {
      $0.id != post.id && $0.organization == post.organization && $0.model == model
        && $0.vector.count == post.vector.count
    }.map { (id: $0.id, distance: Self.distance($0.vector, post.vector)) }
      .sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }.prefix(k)
      .map { VectorStage.Neighbour(entity: $0.id, distance: Self.text($0.distance)) }
  }

  private static func distance(_ one: [Double], _ other: [Double]) -> Decimal {
    let (x, y) = (one.map { Double(Float($0)) }, other.map { Double(Float($0)) })
    func sum(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    let distance = 1 - sum(x, y) / (sum(x, x).squareRoot() * sum(y, y).squareRoot())
    // PostgreSQL makes a NUMERIC of 15 digits
    var exact = Decimal(string: String(format: "%.15g", distance))!
    var rounded = Decimal()
    unsafe NSDecimalRound(&rounded, &exact, 6, .plain)
    return rounded
  }

  private static func text(_ distance: Decimal) -> String {
    let parts = "\(distance)".split(separator: ".")
    return "\(parts[0]).\((parts.count > 1 ? String(parts[1]) : "").padding(toLength: 6, withPad: "0", startingAt: 0))"
  }
}
