import Foundation
import Hashing
import Rollout
import Testing

@Suite struct BucketTests {
  @Test func staysTheSame() {
    for index in 0..<2_000 {
      let key = Keys.key(index)
      #expect(Bucket(key: key, service: "topics") == Bucket(key: key, service: "topics"))
    }
  }

  /// The formula once more, in other words: the share of 10,000 that the first 64 bits make of 2^64.
  @Test func followsItsFormula() {
    for index in 0..<5_000 {
      let key = Keys.key(index)
      var bytes = Array("citations".utf8)
      bytes.append(0)
      bytes.append(contentsOf: key.utf8)
      var remainder = SHA256.hash(bytes).prefix(8).map { Int($0) }
      // Long multiplication by 10,000, byte by byte from the right; what is carried out on the left is the bucket.
      var carry = 0
      for place in remainder.indices.reversed() {
        let product = remainder[place] * 10_000 + carry
        remainder[place] = product & 0xFF
        carry = product >> 8
      }
      #expect(Bucket(key: key, service: "citations").number == carry, "\(key)")
    }
  }

  @Test func takesAnyKey() {
    let keys = [
      "", " ", "\u{0}", "\u{0}\u{0}", "Käuzli", "🦉", "👩‍👩‍👧‍👦", "\u{FFFF}", "\r\n", String(repeating: "é", count: 524_288),
    ]
    for service in Keys.services {
      let numbers = keys.map { Bucket(key: $0, service: service).number }
      #expect(numbers.allSatisfy { (0..<Bucket.count).contains($0) })
      #expect(Set(numbers).count >= keys.count - 1, "keys fall together: \(numbers)")
    }
  }

  /// Swift takes both spellings of `ä` for equal; a client's bytes are what counts.
  @Test func countsBytesAndNotLetters() {
    #expect("Käuzli" == "Ka\u{308}uzli")
    #expect(
      Keys.services.map { Bucket(key: "Käuzli", service: $0).number }
        != Keys.services.map { Bucket(key: "Ka\u{308}uzli", service: $0).number })
  }

  /// The zero byte keeps the name and the key apart.
  @Test func tellsWhereTheServiceEnds() {
    let pairs = (1..<9).map { split in
      Bucket(key: String("dashboard".dropFirst(split)), service: String("dashboard".prefix(split))).number
    }
    #expect(Set(pairs).count == pairs.count)
  }
}
