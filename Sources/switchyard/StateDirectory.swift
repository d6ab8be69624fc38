import EventLoop
import FoundationEssentials
import Glibc
import Hashing
import Postgres
import PrivatePostgres

/// The folder `.switchyard` in the working directory: what the program keeps for itself.
struct StateDirectory: Sendable {
  private let folder = FileManager.default.currentDirectoryPath + "/.switchyard"

  /// The database that the settings name; else a private PostgreSQL, started here.
  func database(_ settings: Settings, on loop: EventLoop) async throws -> DatabaseServer {
    if let url = settings.databaseURL {
      return .external(
        try ConnectionSettings(url: url, statementMillisecondsMax: settings.statementTimeoutMilliseconds))
    }
    return .own(try await PrivatePostgres.start(in: folder + "/postgres", on: loop), settings)
  }

  /// The admin token of the settings; else one in a file that only its owner can read, made at first use.
  func adminToken(_ settings: Settings) throws -> (token: String, file: String?) {
    if let token = settings.adminToken { return (token, nil) }
    let path = tokenFile
    if let token = knownAdminToken() { return (token, path) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let token = Secret.random()
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw MissingFiles(description: "\(path) cannot be written") }
    defer { close(file) }
    var line = token + "\n"
    let written = line.withUTF8 { bytes in unsafe write(file, bytes.baseAddress, bytes.count) }
    guard written == line.utf8.count else { throw MissingFiles(description: "\(path) cannot be written") }
    return (token, path)
  }

  private var tokenFile: String { folder + "/admin-token" }

  /// The token in the file, if there is one.
  func knownAdminToken() -> String? {
    (try? String(contentsOfFile: tokenFile, encoding: .utf8))?.split(separator: "\n").first.map(String.init)
  }
}

/// Where the data is.
enum DatabaseServer {
  case external(ConnectionSettings)
  case own(PrivatePostgres, Settings)

  /// For requests: statements have a time limit.
  var forRequests: ConnectionSettings {
    switch self {
    case .external(let settings): settings
    case .own(let postgres, let settings):
      postgres.settings(statementMillisecondsMax: settings.statementTimeoutMilliseconds)
    }
  }

  /// For work that takes as long as it takes.
  var forWork: ConnectionSettings { forRequests.with(statementMillisecondsMax: nil) }

  func stop() async {
    if case .own(let postgres, _) = self { await postgres.stop() }
  }
}
