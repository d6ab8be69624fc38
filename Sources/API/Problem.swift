package import HTTP
import JSON

/// An answer that says what is wrong (RFC 9457). It never holds a stack trace, an SQL text or a secret.
package struct Problem: Error, Equatable {
  /// A parameter or a member of the body that is at fault.
  package struct Field: Equatable, Sendable {
    package let field: String
    package let detail: String
  }

  package let status: Status
  package let detail: String
  package var fields: [Field] = []
  var headers: ResponseHeaders = [:]

  package init(_ status: Status, _ detail: String, fields: [Field] = [], headers: ResponseHeaders = [:]) {
    self.status = status
    self.detail = detail
    self.fields = fields
    self.headers = headers
  }

  /// The answer to bytes that are no request.
  package static func refusal(_ status: Status) -> Response {
    Problem(status, "The request was not understood or is larger than what is taken.").response
  }

  static func malformed(_ fields: [Field]) -> Problem {
    Problem(.badRequest, sentence(fields), fields: fields)
  }

  static func impossible(_ fields: [Field]) -> Problem {
    Problem(.unprocessableContent, sentence(fields), fields: fields)
  }

  static let databaseAway = Problem(
    .serviceUnavailable, "The database cannot be reached or is busy. Try again in a moment.",
    headers: [.retryAfter: "1"])

  private static func sentence(_ fields: [Field]) -> String {
    fields.map { "\($0.field): \($0.detail)" }.joined(separator: "; ")
  }

  package var response: Response {
    var json = JSONWriter()
    json.beginObject()
    json.key("type")
    json.string("about:blank")
    json.key("title")
    json.string(status.reasonPhrase)
    json.key("status")
    json.integer(status.code)
    json.key("detail")
    json.string(detail)
    json.key("errors")
    json.beginArray()
    for field in fields {
      json.beginObject()
      json.key("field")
      json.string(field.field)
      json.key("detail")
      json.string(field.detail)
      json.endObject()
    }
    json.endArray()
    json.endObject()
    var response = Response(status, headers: headers, body: json.finish())
    response.headers[.contentType] = "application/problem+json"
    response.headers[.cacheControl] = "no-store"
    return response
  }
}
