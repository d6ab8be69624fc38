import HTTP

extension FieldName {
  static let allow: FieldName = "Allow"
  static let cacheControl: FieldName = "Cache-Control"
  static let contentEncoding: FieldName = "Content-Encoding"
  static let contentSecurityPolicy: FieldName = "Content-Security-Policy"
  static let contentType: FieldName = "Content-Type"
  static let contentTypeOptions: FieldName = "X-Content-Type-Options"
  static let entityTag: FieldName = "ETag"
  static let retryAfter: FieldName = "Retry-After"
  static let schema: FieldName = "X-Schema"
  static let schemaReason: FieldName = "X-Schema-Reason"
  static let acknowledgedBy: FieldName = "X-Acknowledged-By"
  static let lapsed: FieldName = "X-Lapsed"
  static let unacknowledged: FieldName = "X-Unacknowledged"
  static let serverTiming: FieldName = "Server-Timing"
  static let vary: FieldName = "Vary"
  static let wwwAuthenticate: FieldName = "WWW-Authenticate"
}
