import Compression
import HTTP
import Hashing

/// The files that a browser may ask for, read once at the start. Nothing else can be served.
package struct StaticFiles: Sendable {
  /// Nothing from elsewhere, nothing in line.
  private static let contentSecurityPolicy: FieldValue =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

  private struct File: Sendable {
    let path: String
    let type: FieldValue
    let plain: [UInt8]
    let gzipped: [UInt8]
  }

  private var files: [File] = []

  package init() {}

  /// - Parameters:
  ///   - path: where it is served, for example `/vendor/chart.min.js`.
  ///   - name: what its type is told from.
  package mutating func add(_ bytes: [UInt8], at path: String, named name: String) {
    let gzipped = Gzip.compress(bytes, effort: .best)
    files.append(File(path: path, type: Self.type(of: name), plain: bytes, gzipped: gzipped))
  }

  var routes: [Route] {
    files.map { file in
      Route(.get, file.path) { request, _ in
        Delivery.deliver(file.plain, type: file.type, headers: Self.headers, coded: file.gzipped, to: request)
      }
    }
  }

  private static var headers: ResponseHeaders {
    [.cacheControl: "no-cache", .contentSecurityPolicy: contentSecurityPolicy]
  }

  private static func type(of name: String) -> FieldValue {
    switch name.split(separator: ".").last {
    case "html": "text/html; charset=utf-8"
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "svg": "image/svg+xml"
    case "png": "image/png"
    case "ico": "image/x-icon"
    case "yaml": "application/yaml"
    case "json": "application/json"
    default: "text/plain; charset=utf-8"
    }
  }
}
