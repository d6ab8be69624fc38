/// A status code with its reason phrase (RFC 9110 section 15).
package enum Status: Int, CaseIterable, Sendable {
  case `continue` = 100
  case ok = 200
  case created = 201
  case accepted = 202
  case noContent = 204
  case movedPermanently = 301
  case found = 302
  case seeOther = 303
  case notModified = 304
  case temporaryRedirect = 307
  case permanentRedirect = 308
  case badRequest = 400
  case unauthorized = 401
  case forbidden = 403
  case notFound = 404
  case methodNotAllowed = 405
  case notAcceptable = 406
  case requestTimeout = 408
  case conflict = 409
  case contentTooLarge = 413
  case uriTooLong = 414
  case unsupportedMediaType = 415
  case expectationFailed = 417
  case unprocessableContent = 422
  case tooManyRequests = 429
  case requestHeaderFieldsTooLarge = 431
  case internalServerError = 500
  case notImplemented = 501
  case serviceUnavailable = 503
  case gatewayTimeout = 504
  case httpVersionNotSupported = 505

  package var code: Int { rawValue }

  package var reasonPhrase: String {
    switch self {
    case .continue: "Continue"
    case .ok: "OK"
    case .created: "Created"
    case .accepted: "Accepted"
    case .noContent: "No Content"
    case .movedPermanently: "Moved Permanently"
    case .found: "Found"
    case .seeOther: "See Other"
    case .notModified: "Not Modified"
    case .temporaryRedirect: "Temporary Redirect"
    case .permanentRedirect: "Permanent Redirect"
    case .badRequest: "Bad Request"
    case .unauthorized: "Unauthorized"
    case .forbidden: "Forbidden"
    case .notFound: "Not Found"
    case .methodNotAllowed: "Method Not Allowed"
    case .notAcceptable: "Not Acceptable"
    case .requestTimeout: "Request Timeout"
    case .conflict: "Conflict"
    case .contentTooLarge: "Content Too Large"
    case .uriTooLong: "URI Too Long"
    case .unsupportedMediaType: "Unsupported Media Type"
    case .expectationFailed: "Expectation Failed"
    case .unprocessableContent: "Unprocessable Content"
    case .tooManyRequests: "Too Many Requests"
    case .requestHeaderFieldsTooLarge: "Request Header Fields Too Large"
    case .internalServerError: "Internal Server Error"
    case .notImplemented: "Not Implemented"
    case .serviceUnavailable: "Service Unavailable"
    case .gatewayTimeout: "Gateway Timeout"
    case .httpVersionNotSupported: "HTTP Version Not Supported"
    }
  }

  /// Whether a response of this status ends with its head (RFC 9112 section 6.3).
  package var forbidsBody: Bool {
    switch self {
    case .continue, .noContent, .notModified: true
    default: false
    }
  }
}
