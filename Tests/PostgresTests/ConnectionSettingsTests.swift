import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct ConnectionSettingsTests {
  @Test(arguments: [
    "mysql://user:hunter2@host/db", "host", "bogus=hunter2", "host='hunter2", "postgresql://user:hunter2@[::1/db",
    "postgresql://host/db?bogus=hunter2", "postgresql://host/db?sslmode", "postgresql://user:hunter%2@host/db",
    "postgresql://host/db?=hunter2", "host=a user",
  ])
  func refusesWhatLibpqDoesNotUnderstand(_ url: String) {
    do {
      _ = try ConnectionSettings(url: url, statementMillisecondsMax: nil)
      Issue.record("took it")
    } catch { #expect(!error.description.contains("hunter2")) }
  }

  /// Nobody there, a host that does not exist, a port that is none: an error, and no crash.
  @Test(arguments: [
    "postgresql://u:hunter2@127.0.0.1:1/d", "postgresql://u:hunter2@no-such-host.invalid/d",
    "host=127.0.0.1 port=99999",
    "host=127.0.0.1 port=hunter2", "host=/no/such/folder", "host=a,b port=1,2,3", "hostaddr=hunter2",
    "host=127.0.0.1 sslmode=hunter2",
  ])
  func anUnreachableServerIsUnavailable(_ url: String) async throws {
    let settings = try ConnectionSettings(url: url, statementMillisecondsMax: nil)
    try await onLoop { loop in
      do {
        _ = try await Connection.open(settings, on: loop)
        Issue.record("connected")
      } catch let error as DatabaseError {
        #expect(error.cause == .unavailable)
        #expect(!error.description.contains("hunter2"))
      }
    }
  }

  @Test func theLimitsReachTheServer() async throws {
    let settings = try await TestPostgres.database().with(statementMillisecondsMax: 12_345)
    try await onLoop { loop in
      let connection = try await Connection.open(settings, on: loop)
      defer { connection.close() }
      let rows = try await connection.query(
        Statement(
          """
          SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
          WHERE name IN ('statement_timeout', 'idle_in_transaction_session_timeout', 'TimeZone', 'client_encoding', 'application_name')
          """))
      #expect(
        rows.string(row: 0, column: 0)
          == "TimeZone=UTC application_name=switchyard client_encoding=UTF8 idle_in_transaction_session_timeout=24690 statement_timeout=12345"
      )
    }
  }

  /// A server that takes the connection and never says a word.
  @Test func aSilentServerIsGivenUp() async throws {
    try await onLoop { loop in
      var kept: [TCPConnection] = []
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { kept.append($0) }
      let settings = try ConnectionSettings(
        url: "postgresql://u@127.0.0.1:\(listener.port)/d?sslmode=disable", statementMillisecondsMax: nil)
      let error = await failure { _ = try await Connection.open(settings, on: loop) }
      #expect(error as? DatabaseError == DatabaseError(.unavailable, doing: "connect", detail: "no answer in time"))
      #expect(kept.count == 1)
    }
  }

  /// A server that speaks another language, or hangs up.
  @Test(arguments: [
    "", "HTTP/1.1 400 Bad Request\r\n\r\n", "N", "S", "E", "R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{0}Z",
  ])
  func aServerThatIsNoPostgreSQLIsUnavailable(_ answer: String) async throws {
    try await onLoop { loop in
      var kept: [TCPConnection] = []
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { connection in
        kept.append(connection)
        connection.open(
          received: { _ in
            connection.write(Array(answer.utf8).span)
            connection.finishWriting()
          }, ended: { _ in }, drained: {})
      }
      defer { for connection in kept { connection.close() } }
      let settings = try ConnectionSettings(
        url: "postgresql://u@127.0.0.1:\(listener.port)/d", statementMillisecondsMax: nil)
      do {
        _ = try await Connection.open(settings, on: loop)
        Issue.record("connected")
      } catch let error as DatabaseError { #expect(error.cause == .unavailable) }
    }
  }
}
