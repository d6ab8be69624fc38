/// A second parser, with nothing in common with the first: it has all bytes at once and judges whole lines by grammar.
/// It knows the limit on bodies only.
struct ReferenceModel {
  struct Message: Equatable {
    let end: Int
    let body: [UInt8]
  }

  enum Verdict: Equatable {
    case accepted
    case unfinished
    case refused
  }

  private(set) var messages: [Message] = []
  private(set) var verdict = Verdict.accepted
  private let bytes: [UInt8]
  private let bodyBytesMax: Int
  private var position = 0

  init(_ bytes: [UInt8], bodyBytesMax: Int) {
    self.bytes = bytes
    self.bodyBytesMax = bodyBytesMax
    while true {
      // One empty line may stand before a request.
      if bytes[position...].starts(with: [13, 10]) { position += 2 }
      if position == bytes.count { return }
      switch readMessage() {
      case .success(let body): messages.append(Message(end: position, body: body))
      case .failure(let stop):
        verdict = stop == .refused ? .refused : .unfinished
        return
      }
    }
  }

  private enum Stop: Error { case unfinished, refused }

  private mutating func readMessage() -> Result<[UInt8], Stop> {
    let start = position
    do throws(Stop) {
      let requestLine = try line()
      guard Grammar.requestLine.matches(requestLine) else { throw Stop.refused }
      var fields: [ArraySlice<UInt8>] = []
      while case let field = try line(), !field.isEmpty {
        guard Grammar.fieldLine.matches(field) else { throw Stop.refused }
        fields.append(field)
      }
      return .success(try body(fields, isVersion10: requestLine.last == UInt8(ascii: "0")))
    } catch {
      position = start
      return .failure(error)
    }
  }

  private mutating func body(_ fields: [ArraySlice<UInt8>], isVersion10: Bool) throws(Stop) -> [UInt8] {
    func lines(_ name: Automaton) -> [ArraySlice<UInt8>] { fields.filter(name.matches) }
    let hosts = lines(Grammar.hostName)
    guard hosts.allSatisfy(Grammar.host.matches), hosts.count == 1 || (hosts.isEmpty && isVersion10) else {
      throw Stop.refused
    }
    let lengths = lines(Grammar.lengthName)
    let codings = lines(Grammar.codingName)
    guard lengths.count <= 1, codings.count <= 1, lengths.isEmpty || codings.isEmpty,
      lengths.allSatisfy(Grammar.length.matches), codings.allSatisfy(Grammar.coding.matches),
      codings.isEmpty || !isVersion10
    else { throw Stop.refused }
    let byteCount = lengths.first.map { number($0.filter { (0x30...0x39).contains($0) }, radix: 10) } ?? 0
    guard byteCount <= bodyBytesMax else { throw Stop.refused }
    guard isVersion10 || lines(Grammar.expectName).allSatisfy(Grammar.expect.matches) else { throw Stop.refused }
    return codings.isEmpty ? Array(try take(byteCount)) : try chunks()
  }

  private mutating func chunks() throws(Stop) -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let sizeLine = try line()
      guard Grammar.chunkLine.matches(sizeLine) else { throw Stop.refused }
      let digits = sizeLine.prefix { Unicode.Scalar($0).properties.isASCIIHexDigit }
      let byteCount = number(Array(digits), radix: 16)
      guard body.count + byteCount <= bodyBytesMax else { throw Stop.refused }
      if byteCount == 0 { break }
      body += try take(byteCount)
      for expected: UInt8 in [13, 10] {
        guard position < bytes.count else { throw Stop.unfinished }
        guard bytes[position] == expected else { throw Stop.refused }
        position += 1
      }
    }
    while case let field = try line(), !field.isEmpty {
      guard Grammar.fieldLine.matches(field) else { throw Stop.refused }
    }
    return body
  }

  /// The next line without its line end.
  private mutating func line() throws(Stop) -> ArraySlice<UInt8> {
    let rest = bytes[position...]
    guard let control = rest.firstIndex(where: { ($0 < 32 && $0 != 9) || $0 == 127 }) else { throw Stop.unfinished }
    if bytes[control] == 13, control + 1 == bytes.count { throw Stop.unfinished }
    guard bytes[control...].starts(with: [13, 10]) else { throw Stop.refused }
    position = control + 2
    return rest[..<control]
  }

  private mutating func take(_ count: Int) throws(Stop) -> ArraySlice<UInt8> {
    guard bytes.count - position >= count else { throw Stop.unfinished }
    position += count
    return bytes[position - count..<position]
  }

  /// Digits as a number; `Int.max / 2` if they are more than an Int holds.
  private func number(_ digits: [UInt8], radix: Int) -> Int {
    let significant = String(decoding: digits.drop { $0 == 0x30 }, as: UTF8.self)
    return significant.isEmpty ? 0 : min(Int(significant, radix: radix) ?? Int.max, Int.max / 2)
  }
}
