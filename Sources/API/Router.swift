package import HTTP
import Rollout

/// A method and a path, and who answers it.
package struct Route {
  package enum Access: Sendable { case everyone, admin }

  /// It says which schema it has chosen, if any.
  typealias Handler = (Request, PathValues, inout Choice?) async throws -> Response

  package let method: Method
  /// For example `/api/brands/{brand_id}/dashboard`.
  package let path: String
  package let access: Access
  /// nil: it is not about a service.
  let service: RequestMeter.Place?
  let handler: Handler

  init(
    _ method: Method, _ path: String, access: Access = .everyone,
    handler: @escaping (Request, PathValues) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.access = access
    service = nil
    self.handler = { request, values, _ in try await handler(request, values) }
  }

  /// A read of a service.
  init(_ path: String, of service: RequestMeter.Place, handler: @escaping Handler) {
    method = .get
    self.path = path
    access = .everyone
    self.service = service
    self.handler = handler
  }
}

/// The values of a path's variable segments.
struct PathValues {
  private let values: [String: String]

  init(_ values: [String: String]) { self.values = values }

  subscript(_ name: String) -> String {
    guard let value = values[name] else { preconditionFailure("the route's path has a segment {\(name)}") }
    return value
  }
}

/// Finds the route of a request.
struct Router {
  enum Match {
    case route(Route, PathValues)
    /// The path is known, the method is not.
    case otherMethods([Method])
    case none
  }

  private enum Segment {
    case literal(String)
    /// Any segment but an empty one.
    case variable(String)
  }

  private let routes: [(segments: [Segment], route: Route)]

  init(_ routes: [Route]) {
    self.routes = routes.map { route in
      let segments = route.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { segment in
        segment.hasPrefix("{") ? Segment.variable(String(segment.dropFirst().dropLast())) : .literal(String(segment))
      }
      return (segments, route)
    }
  }

  /// HEAD is answered wherever GET is.
  func match(_ method: Method, _ path: [String]) -> Match {
    let wanted = method == .head ? .get : method
    var others: [Method] = []
    for (segments, route) in routes where segments.count == path.count {
      guard let values = Self.values(of: path, by: segments) else { continue }
      if route.method == wanted { return .route(route, PathValues(values)) }
      others += route.method == .get ? [.get, .head] : [route.method]
    }
    return others.isEmpty ? .none : .otherMethods(others)
  }

  private static func values(of path: [String], by segments: [Segment]) -> [String: String]? {
    var values: [String: String] = [:]
    for (text, segment) in zip(path, segments) {
      switch segment {
      case .literal(let literal): guard text == literal else { return nil }
      case .variable(let name):
        guard !text.isEmpty else { return nil }
        values[name] = text
      }
    }
    return values
  }
}
