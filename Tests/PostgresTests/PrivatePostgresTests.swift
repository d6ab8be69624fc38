import EventLoop
import Foundation
import Glibc
import Postgres
import PrivatePostgres
import SQL
import TestSupport
import Testing

@Suite(.serialized) struct PrivatePostgresTests {
  private static func isRunning(_ pid: Int32) -> Bool { kill(pid, 0) == 0 || errno == EPERM }

  /// The second finds the server of the first, uses it, and does not stop it.
  @Test func isSharedByWhoeverComesLater() async throws {
    try await OwnServer.withFolder { folder in
      // What a set-up that was cut off leaves behind.
      try FileManager.default.createDirectory(atPath: "\(folder)/data.new/base", withIntermediateDirectories: true)
      try await onLoop { loop in
        let first = try await PrivatePostgres.start(in: folder, on: loop)
        let pid = try #require(first.pid)
        #expect(first.isOurs)
        let second = try await PrivatePostgres.start(in: folder, on: loop)
        #expect(!second.isOurs)
        #expect(second.pid == nil)
        #expect(second.socketFolder == first.socketFolder)
        for server in [first, second] {
          let connection = try await Connection.open(server.settings(statementMillisecondsMax: nil), on: loop)
          try await connection.run(script: "CREATE TABLE IF NOT EXISTS t (a int); INSERT INTO t VALUES (1)")
          let postmaster = try await connection.query(Statement("SELECT pg_read_file('postmaster.pid')"))
          #expect(postmaster.string(row: 0, column: 0)?.hasPrefix("\(pid)\n") == true)
          let rows = try await connection.query(Statement("SELECT count(*) FROM t"))
          #expect(rows.integer(row: 0, column: 0) == (server === first ? 1 : 2))
          connection.close()
        }
        await second.stop()
        #expect(Self.isRunning(pid))
        await first.stop()
        #expect(!Self.isRunning(pid))
      }
    }
  }

  /// Reachable by the socket alone, and by nobody but the server's user.
  @Test func listensOnNoPort() async throws {
    try await OwnServer.withFolder { folder in
      try await onLoop { loop in
        let server = try await PrivatePostgres.start(in: folder, on: loop)
        let connection = try await Connection.open(server.settings(statementMillisecondsMax: nil), on: loop)
        let rows = try await connection.query(
          Statement("SELECT current_setting('listen_addresses'), current_setting('unix_socket_directories')"))
        #expect(rows.string(row: 0, column: 0) == "")
        #expect(rows.string(row: 0, column: 1) == server.socketFolder)
        connection.close()
        for path in [folder, server.socketFolder] {
          let attributes = try FileManager.default.attributesOfItem(atPath: path)
          #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o700, "\(path)")
        }
        await server.stop()
      }
    }
  }

  /// The name of a socket has at most 107 bytes: a longer folder has its socket elsewhere.
  @Test func takesALongFolder() async throws {
    try await OwnServer.withFolder { folder in
      let long = folder + "/" + String(repeating: "ä", count: 60) + "/" + String(repeating: "long ", count: 20) + "end"
      try await onLoop { loop in
        let server = try await PrivatePostgres.start(in: long, on: loop)
        #expect(server.socketFolder.utf8.count < 90)
        #expect(server.socketFolder != long + "/socket")
        let connection = try await Connection.open(server.settings(statementMillisecondsMax: nil), on: loop)
        connection.close()
        await server.stop()
        try? FileManager.default.removeItem(atPath: server.socketFolder)
      }
    }
  }

  /// A restart of the machine leaves the server's file behind, and gives its number to another process.
  @Test(.timeLimit(.minutes(1))) func isNotHeldUpByAnothersProcessNumber() async throws {
    try await OwnServer.withFolder { folder in
      try await onLoop { loop in
        try await Self.startAndStop(in: folder, on: loop)
        // Process 1 is there for ever, and belongs to another user than the server.
        try "1\n\(folder)/data\n".write(toFile: folder + "/data/postmaster.pid", atomically: false, encoding: .utf8)
        try await Self.startAndStop(in: folder, on: loop)
      }
    }
  }

  private static func startAndStop(in folder: String, on loop: EventLoop) async throws {
    let server = try await PrivatePostgres.start(in: folder, on: loop)
    #expect(server.isOurs)
    await server.stop()
  }

  /// A server that cannot start is reported with its log, and not waited for.
  @Test(.timeLimit(.minutes(1))) func tellsWhyItDoesNotStart() async throws {
    try await OwnServer.withFolder { folder in
      try await onLoop { loop in
        let error = await failure {
          _ = try await PrivatePostgres.start(in: folder, parameters: ["no_such_setting": "1"], on: loop)
        }
        let text = try #require(error as? PrivatePostgresError).description
        #expect(text.contains(folder + "/log"))
        let log = try String(contentsOfFile: folder + "/log", encoding: .utf8)
        #expect(log.contains("no_such_setting"))
      }
    }
  }

  /// The owner, a process of its own, is killed without a chance to clean up; the next finds all its data.
  @Test func endsWithItsOwner() async throws {
    let folder = "/tmp/switchyard-own-\(getpid())-killed"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      // The name of the folder, as the process above makes it.
      let folder = "/tmp/switchyard-own-\(getppid())-killed"
      try await onLoop { loop in
        let server = try await PrivatePostgres.start(in: folder, on: loop)
        let connection = try await Connection.open(server.settings(statementMillisecondsMax: nil), on: loop)
        try await connection.run(script: "CREATE TABLE t (a int); INSERT INTO t VALUES (41), (1)")
        try "\(server.pid ?? 0)".write(toFile: folder + "/owned", atomically: false, encoding: .utf8)
        kill(getpid(), SIGKILL)
      }
    }
    let pid = try #require(Int32(try String(contentsOfFile: folder + "/owned", encoding: .utf8)))
    #expect(pid > 1)
    try await onLoop { loop in
      #expect(await eventually(on: loop, withinMilliseconds: 30_000) { !Self.isRunning(pid) })
      let server = try await PrivatePostgres.start(in: folder, on: loop)
      #expect(server.isOurs)
      let connection = try await Connection.open(server.settings(statementMillisecondsMax: nil), on: loop)
      #expect(try await connection.query(Statement("SELECT sum(a) FROM t")).integer(row: 0, column: 0) == 42)
      connection.close()
      await server.stop()
    }
  }
}
