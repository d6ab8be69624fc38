import Compression
import HTTP
import Hashing

/// The last steps of a successful read: entity tag, 304, gzip.
enum Delivery {
  /// Smaller bodies are sent as they are.
  private static let gzipBytesMin = 1_024
  private static let tagBytes = 16

  /// The tag comes from the body's bytes, so it is the same for both schemas. It is weak where the bytes are coded
  /// (RFC 9110 section 8.8.1).
  /// - Parameter coded: the body in gzip, where it was coded once for all.
  static func deliver(
    _ body: [UInt8], type: FieldValue, headers: ResponseHeaders = [:], coded: [UInt8]? = nil, to request: Request
  ) -> Response {
    let digest = hex(SHA256.hash(body).prefix(tagBytes))
    let isCoded = body.count >= gzipBytesMin && wantsGzip(request)
    var response = Response(.ok, headers: headers)
    response.headers[.cacheControl] = headers[.cacheControl] ?? "private, no-cache"
    response.headers[.vary] = "Accept-Encoding"
    guard let tag = EntityTag(digest, isWeak: isCoded) else { preconditionFailure("hexadecimal digits make a tag") }
    response.headers[.entityTag] = FieldValue(tag)
    if let known = request.headers["If-None-Match"], tag.matches(ifNoneMatch: known) {
      response.status = .notModified
      return response
    }
    response.headers[.contentType] = type
    response.headers[.contentTypeOptions] = "nosniff"
    if isCoded {
      response.headers[.contentEncoding] = "gzip"
      response.body = .bytes(coded ?? Gzip.compress(body, effort: .fastest))
    } else {
      response.body = .bytes(body)
    }
    return response
  }

  static func wantsGzip(_ request: Request) -> Bool {
    guard let field = request.headers["Accept-Encoding"] else { return false }
    return AcceptEncoding(field).preferred == .gzip
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
