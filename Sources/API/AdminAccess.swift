import HTTP
import Hashing

/// Who may call the admin paths: whoever shows the token.
struct AdminAccess {
  private let token: Secret?

  init(token: Secret?) { self.token = token }

  func require(_ request: Request) throws(Problem) {
    guard let token else {
      throw Problem(.forbidden, "No admin token is configured; set ADMIN_TOKEN to use the admin calls.")
    }
    guard let shown = Self.shown(by: request), token.matches(shown) else {
      throw Problem(
        .unauthorized, "This call needs \"Authorization: Bearer\" with the admin token.",
        headers: [.wwwAuthenticate: "Bearer"])
    }
  }

  func allows(_ request: Request) -> Bool {
    guard let token, let shown = Self.shown(by: request) else { return false }
    return token.matches(shown)
  }

  /// Who acts, for the record.
  static func user(of request: Request) -> String {
    guard let name = request.headers["X-Admin-User"], !name.isEmpty else { return "admin" }
    return name
  }

  private static func shown(by request: Request) -> String? {
    guard let field = request.headers["Authorization"] else { return nil }
    let scheme = "bearer "
    guard field.prefix(scheme.count).lowercased() == scheme else { return nil }
    return String(field.dropFirst(scheme.count).drop { $0 == " " })
  }
}
