/// Why a message was refused, and where. It never holds bytes of the message.
///
/// After one the connection answers `status` and closes: where the next message begins is not known.
package struct ProtocolError: Error, Equatable, Sendable {
  package let reason: Reason
  /// Bytes from the beginning of the message to the octet at fault.
  package let offset: Int

  package var status: Status { reason.status }

  package enum Reason: String, CaseIterable, Sendable {
    case emptyLines = "too many empty lines before the request line"
    case bareLineFeed = "line feed without carriage return"
    case bareCarriageReturn = "carriage return without line feed"
    case controlCharacter = "control character"
    case requestLineSyntax = "malformed request line"
    case requestLineTooLong = "request line too long"
    case methodUnknown = "unknown method"
    case versionSyntax = "malformed protocol version"
    case versionUnsupported = "unsupported protocol version"
    case targetForm = "request target of a form not served here"
    case targetCharacter = "character not allowed in a request target"
    case targetAuthority = "invalid authority in the request target"
    case percentEscape = "invalid percent escape"
    case targetEncoding = "request target is not UTF-8"
    case targetNull = "NUL in the request target"
    case fieldFolded = "folded field or white space before a field"
    case fieldName = "invalid field name"
    case fieldColon = "field without colon"
    case fieldTooLong = "field too long"
    case fieldCount = "too many fields"
    case headTooLong = "head too long"
    case hostMissing = "no Host field"
    case hostRepeated = "more than one Host field"
    case hostInvalid = "invalid Host field"
    case contentLengthRepeated = "more than one Content-Length"
    case contentLengthInvalid = "invalid Content-Length"
    case framingAmbiguous = "both Content-Length and Transfer-Encoding"
    case transferEncodingVersion = "Transfer-Encoding in HTTP/1.0"
    case transferEncodingInvalid = "invalid Transfer-Encoding"
    case transferEncodingUnknown = "unknown transfer coding"
    case expectationUnknown = "unknown expectation"
    case bodyTooLarge = "body too large"
    case chunkSize = "invalid chunk size"
    case chunkExtension = "invalid chunk extension"
    case chunkExtensionTooLong = "chunk extensions too long"
    case chunkEnd = "chunk data not followed by a line end"
    case trailerTooLong = "trailer section too long"

    package var status: Status {
      switch self {
      case .requestLineTooLong: .uriTooLong
      case .fieldTooLong, .fieldCount, .headTooLong, .trailerTooLong: .requestHeaderFieldsTooLarge
      case .methodUnknown, .transferEncodingUnknown: .notImplemented
      case .versionUnsupported: .httpVersionNotSupported
      case .expectationUnknown: .expectationFailed
      case .bodyTooLarge: .contentTooLarge
      case .emptyLines, .bareLineFeed, .bareCarriageReturn, .controlCharacter, .requestLineSyntax, .versionSyntax,
        .targetForm, .targetCharacter, .targetAuthority, .percentEscape, .targetEncoding, .targetNull, .fieldFolded,
        .fieldName, .fieldColon, .hostMissing, .hostRepeated, .hostInvalid, .contentLengthRepeated,
        .contentLengthInvalid, .framingAmbiguous, .transferEncodingVersion, .transferEncodingInvalid, .chunkSize,
        .chunkExtension, .chunkExtensionTooLong, .chunkEnd:
        .badRequest
      }
    }
  }
}
