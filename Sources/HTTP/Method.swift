/// The methods known here; any other is answered 501 (RFC 9110 section 9.1). Case matters.
package enum Method: String, CaseIterable, Sendable {
  case get = "GET"
  case head = "HEAD"
  case post = "POST"
  case put = "PUT"
  case patch = "PATCH"
  case delete = "DELETE"
  case options = "OPTIONS"

  init?(_ line: Span<UInt8>, in place: Range<Int>) {
    func names(_ method: Method) -> Bool { line.equals(method.rawValue, in: place) }
    let method: Method
    switch (place.count, line[place.lowerBound]) {
    case (3, UInt8(ascii: "G")): method = .get
    case (3, _): method = .put
    case (4, UInt8(ascii: "H")): method = .head
    case (4, _): method = .post
    case (5, _): method = .patch
    case (6, _): method = .delete
    case (7, _): method = .options
    default: return nil
    }
    guard names(method) else { return nil }
    self = method
  }
}
