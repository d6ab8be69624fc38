package import EventLoop
import FoundationEssentials
import Glibc
package import Postgres
import SQL

/// A PostgreSQL server of our own, in a folder of our own, reachable by a Unix socket alone.
///
/// The first process to lock the folder starts the server and stops it; others just connect, and one of them takes
/// over when the first is gone. The server stops too when the process that started it is killed.
package final class PrivatePostgres {
  private static let databaseUser = "switchyard"
  private static let database = "switchyard"
  private static let startSecondsMax = 60
  private static let lookMilliseconds = 50
  private static let takeOverMilliseconds = 500

  private let loop: EventLoop
  private let place: Place
  private let lock: FolderLock
  private let program: ServerProgram
  private let parameters: [String: String]
  private var server: ChildProcess?
  private var isStopped = false

  /// Starts the server, and makes it first where the folder is empty.
  /// - Parameters:
  ///   - folder: where its data, socket and log lie; made if absent.
  ///   - programs: the folder of PostgreSQL's programs; nil: of the newest that is installed.
  ///   - parameters: settings of `postgresql.conf`.
  package static func start(
    in folder: String, programs: String? = nil, parameters: [String: String] = [:], on loop: EventLoop
  ) async throws(PrivatePostgresError) -> PrivatePostgres {
    let program = if let programs { ServerProgram(folder: programs) } else { try ServerProgram.newest() }
    let place = try await Place.prepare(folder, on: loop)
    let lock = try FolderLock(place.folder + "/lock")
    let postgres = PrivatePostgres(program, place, parameters, lock, on: loop)
    if lock.isHeld {
      try await postgres.start()
    } else {
      loop.spawn { await postgres.takeOverWhenFree() }
    }
    try await postgres.awaitAnswer()
    return postgres
  }

  private init(
    _ program: ServerProgram, _ place: Place, _ parameters: [String: String], _ lock: FolderLock, on loop: EventLoop
  ) {
    self.program = program
    self.place = place
    self.parameters = parameters
    self.lock = lock
    self.loop = loop
  }

  /// True if this process started the server and will stop it.
  package var isOurs: Bool { server != nil }

  /// How to connect to the database in it.
  package func settings(statementMillisecondsMax: Int?) -> ConnectionSettings {
    ConnectionSettings(
      socketDirectory: place.socket, user: Self.databaseUser, database: Self.database,
      statementMillisecondsMax: statementMillisecondsMax)
  }

  /// Where `psql -h` finds it.
  package var socketFolder: String { place.socket }

  /// The server's process, if this process started it.
  package var pid: Int32? { server?.pid }

  /// Stops the server, if this process started it: open transactions are rolled back.
  package func stop() async {
    isStopped = true
    guard let server else { return }
    server.send(signal: SIGINT)
    _ = await server.wait()
  }

  private static func initialise(_ program: ServerProgram, _ place: Place, on loop: EventLoop)
    async throws(PrivatePostgresError)
  {
    // Into another folder first, so that a set-up that was cut off is not taken for a server.
    let fresh = place.data + ".new"
    try? FileManager.default.removeItem(atPath: fresh)
    let command = place.asServerUser([
      program.path("initdb"), "--pgdata=\(fresh)", "--username=\(databaseUser)", "--encoding=UTF8", "--no-locale",
      "--auth=trust", "--no-sync", "--no-instructions",
    ])
    guard try await run(command, place, on: loop) == .status(0), unsafe rename(fresh, place.data) == 0 else {
      throw PrivatePostgresError.failed("initdb", log: place.log)
    }
  }

  private func start() async throws(PrivatePostgresError) {
    if !FileManager.default.fileExists(atPath: place.data + "/PG_VERSION") {
      try await Self.initialise(program, place, on: loop)
    }
    await Self.awaitPredecessor(place, on: loop)
    let settings = ["listen_addresses": "", "unix_socket_directories": place.socket, "timezone": "UTC"]
      .merging(parameters) { _, given in given }
    let command = place.asServerUser(
      [program.path("postgres"), "-D", place.data]
        + settings.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] },
      options: ["--pdeathsig=INT"])
    server = try Self.spawn(command, place, on: loop)
  }

  private func takeOverWhenFree() async {
    while !isStopped, server == nil {
      await loop.sleep(milliseconds: Self.takeOverMilliseconds)
      if isStopped { return }
      lock.take()
      if lock.isHeld { try? await start() }
    }
  }

  private static func spawn(_ command: [String], _ place: Place, on loop: EventLoop) throws(PrivatePostgresError)
    -> ChildProcess
  {
    let log = unsafe open(place.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard log >= 0 else { throw .folder(place.log, errno) }
    defer { close(log) }
    do { return try ChildProcess(on: loop, command, output: log, directory: place.folder) } catch {
      throw .failed(error.description, log: place.log)
    }
  }

  private static func run(_ command: [String], _ place: Place, on loop: EventLoop) async throws(PrivatePostgresError)
    -> ChildProcess.Exit
  {
    try await spawn(command, place, on: loop).wait()
  }

  /// A server whose owner was killed needs a moment to stop.
  private static func awaitPredecessor(_ place: Place, on loop: EventLoop) async {
    for _ in 0..<(startSecondsMax * 1_000 / lookMilliseconds) {
      guard let file = try? String(contentsOfFile: place.data + "/postmaster.pid", encoding: .utf8),
        let pid = file.split(separator: "\n").first.flatMap({ Int32($0) }), isPostgres(pid)
      else { return }
      await loop.sleep(milliseconds: lookMilliseconds)
    }
  }

  /// After a restart of the machine the number may be another program's.
  private static func isPostgres(_ pid: Int32) -> Bool {
    (try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)) == "postgres\n"
  }

  private func awaitAnswer() async throws(PrivatePostgresError) {
    let administration = settings(statementMillisecondsMax: nil).with(
      database: "postgres", statementMillisecondsMax: nil)
    for _ in 0..<(Self.startSecondsMax * 1_000 / Self.lookMilliseconds) {
      if let ended = server?.ended { throw .failed("postgres ended (\(ended))", log: place.log) }
      if let connection = try? await Connection.open(administration, on: loop) {
        defer { connection.close() }
        try await createDatabase(connection)
        return
      }
      await loop.sleep(milliseconds: Self.lookMilliseconds)
    }
    throw .failed("postgres did not answer within \(Self.startSecondsMax) s", log: place.log)
  }

  private func createDatabase(_ connection: Connection) async throws(PrivatePostgresError) {
    let duplicateDatabase = SQLState("42P04")
    do { _ = try await connection.query(Statement("CREATE DATABASE \(Self.database)")) } catch {
      if error.state != duplicateDatabase { throw .failed(error.description, log: place.log) }
    }
  }
}

/// Why there is no private PostgreSQL.
package enum PrivatePostgresError: Error, CustomStringConvertible {
  case noProgram
  case noUser(String)
  case folder(String, Int32)
  case failed(String, log: String)

  package var description: String {
    switch self {
    case .noProgram:
      "PostgreSQL \(ServerProgram.versionMin) or later is not installed; run \"make setup\", or set DATABASE_URL to a server of your own"
    case .noUser(let name):
      "PostgreSQL refuses to run as root, and there is no user \"\(name)\" to run it as; run as another user, or set DATABASE_URL"
    case .folder(let path, let code): "\(path): \(unsafe String(cString: strerror(code)))"
    case .failed(let what, let log): "the private PostgreSQL: \(what); its log is \(log)"
    }
  }
}
