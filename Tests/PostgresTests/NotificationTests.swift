import EventLoop
import Postgres
import SQL
import TestSupport
import Testing

@Suite struct NotificationTests {
  /// However a notification arrives, it is told at once: nothing else comes that could bring it along.
  enum Way: String, CaseIterable { case fromAnother, ownQuery, ownScript, behindARead }

  @Test(arguments: Way.allCases) func arrive(_ way: Way) async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      var heard: [String] = []
      let listener = try await Connection.open(settings, on: loop, notified: { heard.append("\($0) \($1)") })
      defer { listener.close() }
      let other = try await Connection.open(settings, on: loop)
      defer { other.close() }
      _ = try await listener.query(Statement("LISTEN flags"))
      for round in 1...20 {
        let notify = "NOTIFY flags, 'round \(round)'"
        switch way {
        case .fromAnother: _ = try await other.query(Statement(notify))
        case .ownQuery: _ = try await listener.query(Statement(notify))
        case .ownScript: try await listener.run(script: notify)
        case .behindARead:
          _ = await sideBySide(2, on: loop) { index in
            try? await (index == 0 ? listener : other).query(Statement(index == 0 ? "SELECT pg_sleep(0.02)" : notify))
          }
        }
        #expect(await eventually(on: loop) { heard.count == round }, "\(way), round \(round)")
      }
      #expect(heard == (1...20).map { "flags round \($0)" })
    }
  }

  @Test func aBurstComesWholeAndInOrder() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      var heard: [String] = []
      let listener = try await Connection.open(settings, on: loop, notified: { heard.append($1) })
      defer { listener.close() }
      let other = try await Connection.open(settings, on: loop)
      defer { other.close() }
      _ = try await listener.query(Statement("LISTEN \"Käuzli\""))
      _ = try await other.query(Statement("SELECT pg_notify('Käuzli', g::text) FROM generate_series(1, 5000) g"))
      #expect(await eventually(on: loop) { heard.count >= 5_000 })
      #expect(heard == (1...5_000).map(String.init))
    }
  }

  @Test func aListenerHearsThatItsConnectionBroke() async throws {
    let settings = try await TestPostgres.database()
    try await onLoop { loop in
      var ends: [DatabaseError] = []
      let listener = try await Connection.open(settings, on: loop, closed: { ends.append($0) })
      _ = try await listener.query(Statement("LISTEN flags"))
      let backend = try await listener.backend()
      let other = try await Connection.open(settings, on: loop)
      defer { other.close() }
      _ = try await other.query(Statement("SELECT pg_terminate_backend(\(backend))"))
      #expect(await eventually(on: loop) { !ends.isEmpty })
      #expect(!listener.isOpen)
      listener.close()
      #expect(ends.map(\.cause) == [.connectionLost])
    }
  }
}
