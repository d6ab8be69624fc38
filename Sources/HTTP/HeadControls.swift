/// What a head says about its own message and connection: Host, framing, expectation, persistence.
struct HeadControls {
  enum Framing {
    case none
    case fixed(byteCount: Int)
    case chunked
  }

  private(set) var host: Range<Int>?
  private(set) var framing = Framing.none
  private(set) var expectsContinue = false
  private(set) var wantsKeepAlive: Bool

  /// Reads the fields, then judges them in this order: Host, framing, body size, expectation.
  init(
    _ bytes: Span<UInt8>, _ lines: [FieldLine], headEnd: Int, version: Version, bodyBytesMax: Int
  ) throws(ProtocolError) {
    var contentLength: Range<Int>?
    var codings: TransferCodings?
    var expectation: Range<Int>?
    var closes = false
    var keepsAlive = version == .http11

    for line in lines {
      let name = line.name
      let value = line.value
      switch name.count {
      case 4 where bytes.equalsIgnoringCase("host", in: name):
        if host != nil { throw ProtocolError(reason: .hostRepeated, offset: name.lowerBound) }
        host = value
      case 6 where bytes.equalsIgnoringCase("expect", in: name):
        if expectation == nil || !Self.isContinue(bytes, value) { expectation = value }
      case 10 where bytes.equalsIgnoringCase("connection", in: name):
        bytes.forEachElement(in: value) { option in
          if bytes.equalsIgnoringCase("close", in: option) { closes = true }
          if bytes.equalsIgnoringCase("keep-alive", in: option) { keepsAlive = true }
        }
      case 14 where bytes.equalsIgnoringCase("content-length", in: name):
        if contentLength != nil { throw ProtocolError(reason: .contentLengthRepeated, offset: name.lowerBound) }
        contentLength = value
      case 17 where bytes.equalsIgnoringCase("transfer-encoding", in: name):
        var read = codings ?? TransferCodings()
        read.read(bytes, in: value)
        codings = read
      default:
        break
      }
    }
    wantsKeepAlive = keepsAlive && !closes

    if let host {
      guard Authority.isValid(bytes, at: host) else {
        throw ProtocolError(reason: .hostInvalid, offset: host.lowerBound)
      }
    } else if version == .http11 {
      throw ProtocolError(reason: .hostMissing, offset: headEnd)
    }

    if let codings {
      try codings.requireChunked(version: version, besideContentLength: contentLength != nil, offset: headEnd)
      framing = .chunked
    } else if let contentLength {
      guard let byteCount = bytes.decimal(in: contentLength) else {
        throw ProtocolError(reason: .contentLengthInvalid, offset: contentLength.lowerBound)
      }
      guard byteCount <= bodyBytesMax else {
        throw ProtocolError(reason: .bodyTooLarge, offset: contentLength.lowerBound)
      }
      if byteCount > 0 { framing = .fixed(byteCount: byteCount) }
    }

    if version == .http11, let expectation {
      guard Self.isContinue(bytes, expectation) else {
        throw ProtocolError(reason: .expectationUnknown, offset: expectation.lowerBound)
      }
      if case .none = framing {} else { expectsContinue = true }
    }
  }

  private static func isContinue(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
    bytes.equalsIgnoringCase("100-continue", in: value)
  }
}
