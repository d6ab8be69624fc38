import TestSupport

extension Case {
  /// Short messages that are worth a mutation: the valid ones, and the famous attacks.
  static var mutable: [[UInt8]] {
    let valid = all.filter { !$0.name.hasPrefix("octet ") && [.accepted, .unfinished].contains($0.outcome) }
    return (valid + vulnerability).map(\.bytes).filter { $0.count < 400 }
  }
}

/// Seeded mutations of a corpus: single octets, slices moved about, and the tokens that parsers trip over.
struct Mutator {
  private var generator: SeededGenerator
  private let corpus: [[UInt8]]

  init(corpus: [[UInt8]], seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    self.corpus = corpus
  }

  mutating func next() -> [UInt8] {
    var bytes = corpus[generator.below(corpus.count)]
    for _ in 0...generator.below(3) { mutate(&bytes) }
    return bytes
  }

  mutating func cuts(_ bytes: [UInt8]) -> [Int] {
    (0..<generator.below(5)).map { _ in generator.below(bytes.count + 1) }.sorted()
  }

  private mutating func mutate(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    let place = generator.below(bytes.count)
    switch generator.below(9) {
    case 0: bytes[place] = UInt8(generator.below(256))
    case 1: bytes[place] ^= 1 << generator.below(8)
    case 2: bytes.insert(Self.special[generator.below(Self.special.count)], at: place)
    case 3: bytes.remove(at: place)
    case 4: bytes.removeSubrange(place..<min(bytes.count, place + 1 + generator.below(12)))
    case 5: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 1 + generator.below(40))], at: place)
    case 6: bytes.insert(contentsOf: Self.tokens[generator.below(Self.tokens.count)], at: place)
    case 7:
      let other = corpus[generator.below(corpus.count)]
      bytes.replaceSubrange(place..., with: other[generator.below(other.count + 1)...])
    default:
      let lineEnds = bytes.indices.filter { bytes[$0] == 10 }
      guard !lineEnds.isEmpty else { return }
      let token = Self.lines[generator.below(Self.lines.count)]
      bytes.insert(contentsOf: token, at: lineEnds[generator.below(lineEnds.count)] + 1)
    }
  }

  private static let special = octets("\r\n\0\t :;,=\"\\%/?#*[]@+-0159aAfFxX\u{0B}\u{7F}\u{80}\u{85}\u{A0}\u{FF}")
  private static let tokens = [
    "\r\n", "\r\n\r\n", "\n", "\r", " ", "0\r\n\r\n", "%2F", "%00", "%E2%82%AC", "%C3%A9", "%80", "//", "/../", "::",
    "[::1]", "1.2.3.4",
    "http://h", ":80", ":65535", ":65536", "chunked", "gzip", "HTTP/1.0", "HTTP/1.1", "HTTP/2.0", ";a=b", ";a=\"b\"",
    "\"", "*", "GET ",
    "OPTIONS ", "100000", "100001", "9223372036854775807", "ffffffffffffffff",
  ].map(octets)
  private static let lines = [
    "Host: h\r\n", "Host:\r\n", "Content-Length: 0\r\n", "Content-Length: 3\r\n", "Content-Length: +3\r\n",
    "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Expect: 100-continue\r\n", "Expect: x\r\n",
    "Connection: close\r\n",
    " folded\r\n", "A : b\r\n", "A: b\r\n", "\r\n", "3\r\nabc\r\n", "0\r\n", "GET / HTTP/1.1\r\n",
    "POST /a?b HTTP/1.0\r\n", "A: \u{80}\r\n",
  ].map(octets)
}
