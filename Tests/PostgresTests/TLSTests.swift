import EventLoop
import Foundation
import Glibc
import Postgres
import PrivatePostgres
import SQL
import TestSupport
import Testing

/// The same connection over TLS, where libpq holds bytes that the socket no longer tells of.
@Suite(.serialized) struct TLSTests {
  /// A loopback address that is this process's own, so that PostgreSQL can have its usual port there.
  private static let address = "127.\(64 + getpid() >> 16 & 63).\(getpid() >> 8 & 255).\(1 + getpid() & 127)"

  /// Runs `body` with a server that takes TCP connections with TLS only.
  private static func withServer(
    _ body: @escaping @Sendable (isolated EventLoop, ConnectionSettings) async throws -> Void
  ) async throws {
    try await OwnServer.withFolder { folder in
      let keys = folder + "-tls"
      try FileManager.default.createDirectory(atPath: keys, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: keys) }
      try OwnServer.run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-keyout", keys + "/key", "-out", keys + "/certificate")
      try "local all all trust\nhostssl all all 127.0.0.0/8 trust\n".write(
        toFile: keys + "/hba", atomically: false, encoding: .utf8)
      try OwnServer.run("chmod", "600", keys + "/key")
      if geteuid() == 0 { try OwnServer.run("chown", "-R", "postgres", keys) }
      try await onLoop { loop in
        let server = try await PrivatePostgres.start(
          in: folder,
          parameters: [
            "listen_addresses": address, "ssl": "on", "ssl_cert_file": keys + "/certificate",
            "ssl_key_file": keys + "/key",
            "hba_file": keys + "/hba",
          ], on: loop)
        let url = "postgresql://switchyard@\(address):5432/switchyard?sslmode=require"
        let error = await failure {
          try await body(loop, ConnectionSettings(url: url, statementMillisecondsMax: 60_000))
        }
        await server.stop()
        if let error { throw error }
      }
    }
  }

  @Test func carriesLittleAndMuch() async throws {
    try await Self.withServer { loop, settings in
      let pool = Pool.patient(settings, connections: 2, groups: 16, on: loop)
      defer { pool.close() }
      #expect(try await pool.value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "t")

      // Larger than every buffer on the way.
      let rows = try await pool.query(
        Statement("SELECT g, repeat(chr(65 + g % 26), 1000) FROM generate_series(1, 20000) g"), [])
      #expect(rows.count == 20_000)
      let whole = (0..<rows.count).count { row in
        let letter = UInt8(65 + (row + 1) % 26)
        return rows.cell(row: row, column: 1).count == 1_000
          && rows.cell(row: row, column: 1).allSatisfy { $0 == letter }
      }
      #expect(whole == 20_000)

      // Many small answers in one record.
      for _ in 0..<20 {
        let answers = await sideBySide(100, on: loop) { index in
          try? await pool.value("SELECT repeat('x', $1::int)", [.integer(index * 37 % 5_000)], name: "some")?.count
        }
        #expect(answers == (0..<100).map { $0 * 37 % 5_000 })
      }

      // Much in the other direction.
      let long = String(repeating: "ä", count: 3_000_000)
      #expect(try await pool.value("SELECT length($1::text)", [.text(long)]) == "3000000")
      try await pool.run(script: "CREATE TABLE t (a int, b text)")
      let copied = try await pool.withConnection { connection in
        var chunk = 0
        return try await connection.copy(Statement("COPY t FROM STDIN")) {
          chunk += 1
          return chunk > 100 ? nil : Array((0..<1_000).map { "\($0)\tname \(chunk)\n" }.joined().utf8)
        }
      }
      #expect(copied == 100_000)
      #expect(try await pool.value("SELECT sum(a) FROM t") == "49950000")
    }
  }

  @Test func aConnectionWithoutItIsRefused() async throws {
    try await Self.withServer { loop, settings in
      let plain = try ConnectionSettings(
        url: "postgresql://switchyard@\(Self.address):5432/switchyard?sslmode=disable", statementMillisecondsMax: nil)
      let error = await failure { _ = try await Connection.open(plain, on: loop) }
      #expect((error as? DatabaseError)?.cause == .unavailable)
    }
  }
}
