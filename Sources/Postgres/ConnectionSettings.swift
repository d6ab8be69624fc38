import CLibPQ
import EventLoop
import Glibc
import SQL

/// Where a PostgreSQL server is, and how we talk to it: libpq's connection keywords (PostgreSQL section 34.1.2).
package struct ConnectionSettings: Sendable {
  /// Time for one attempt to connect, TLS and authentication included.
  package static let connectMillisecondsMax = 5_000

  package struct Invalid: Error, CustomStringConvertible {
    package let description =
      "DATABASE_URL is neither a postgresql:// URL nor keyword=value pairs that libpq understands"
  }

  private var keywords: [String: String]
  /// A statement that runs longer is cancelled by the server; nil: it may take as long as it takes.
  package let statementMillisecondsMax: Int?

  /// - Parameter url: `postgresql://user@host/database?sslmode=require`, or `host=… dbname=…`.
  package init(url: String, statementMillisecondsMax: Int?) throws(Invalid) {
    guard let parsed = unsafe PQconninfoParse(url, nil) else { throw Invalid() }
    defer { unsafe PQconninfoFree(parsed) }
    keywords = unsafe Self.given(parsed)
    self.statementMillisecondsMax = statementMillisecondsMax
  }

  /// - Parameter socketDirectory: the folder that holds the server's Unix socket.
  package init(socketDirectory: String, user: String, database: String, statementMillisecondsMax: Int?) {
    keywords = ["host": socketDirectory, "user": user, "dbname": database]
    self.statementMillisecondsMax = statementMillisecondsMax
  }

  /// The same server, another database on it or another time limit.
  package func with(database: String? = nil, statementMillisecondsMax: Int?) -> ConnectionSettings {
    var copy = ConnectionSettings(keywords: keywords, statementMillisecondsMax: statementMillisecondsMax)
    if let database { copy.keywords["dbname"] = database }
    return copy
  }

  private init(keywords: [String: String], statementMillisecondsMax: Int?) {
    self.keywords = keywords
    self.statementMillisecondsMax = statementMillisecondsMax
  }

  private static let defaults = [
    "client_encoding": "UTF8", "application_name": "switchyard", "tcp_user_timeout": "10000", "keepalives_idle": "30",
    "keepalives_interval": "5", "keepalives_count": "3",
  ]

  /// What holds for each session. Plans are made once, without looking at the binds, and run as they are: requests
  /// are many and short, and a plan made for one of them costs more than it saves.
  private var options: String {
    let limit = statementMillisecondsMax ?? 0
    return [
      keywords["options"] ?? "", "-c TimeZone=UTC", "-c DateStyle=ISO",
      "-c statement_timeout=\(limit)",
      "-c idle_in_transaction_session_timeout=\(limit * 2)", "-c client_min_messages=warning",
      "-c plan_cache_mode=force_generic_plan", "-c jit=off", "-c default_transaction_isolation=read\\ committed",
      "-c lock_timeout=0", "-c standard_conforming_strings=on", "-c row_security=on", "-c IntervalStyle=postgres",
      "-c extra_float_digits=1",
    ].joined(separator: " ")
  }

  /// Keywords and values with host names looked up, because libpq would block on that.
  func resolved(on loop: EventLoop) async throws(DatabaseError) -> [(keyword: String, value: String)] {
    var resolved = keywords.merging(Self.defaults) { given, _ in given }
    resolved["options"] = options
    if let host = keywords["host"] ?? Self.hostOfEnvironment, keywords["hostaddr"] == nil {
      var addresses: [String] = []
      for name in host.split(separator: ",", omittingEmptySubsequences: false) {
        addresses.append(
          name.isEmpty || name.hasPrefix("/") || name.hasPrefix("@")
            ? "" : try await Self.look(up: String(name), on: loop))
      }
      resolved["host"] = host
      if addresses.contains(where: { !$0.isEmpty }) { resolved["hostaddr"] = addresses.joined(separator: ",") }
    }
    return resolved.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private static func look(up host: String, on loop: EventLoop) async throws(DatabaseError) -> String {
    do { return try await loop.resolve(host: host) } catch {
      throw DatabaseError(.unavailable, doing: "look up the database's host")
    }
  }

  private static var hostOfEnvironment: String? {
    guard let defaults = unsafe PQconndefaults() else { return nil }
    defer { unsafe PQconninfoFree(defaults) }
    return unsafe given(defaults)["host"]
  }

  private static func given(_ options: UnsafeMutablePointer<PQconninfoOption>) -> [String: String] {
    var given: [String: String] = [:]
    var option = unsafe options
    while let keyword = unsafe option.pointee.keyword {
      if let value = unsafe option.pointee.val { unsafe given[String(cString: keyword)] = String(cString: value) }
      unsafe option += 1
    }
    return given
  }
}
