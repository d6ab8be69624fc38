import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// What the triggers cannot copy at once they leave to the repair queue; they cost the program nothing.
@Suite(.serialized) struct ContentQueueTests {
  private static func write(_ decision: Int, _ text: String) -> String {
    "INSERT INTO content.content_metadata (decision_id, content, status) VALUES (\(decision), '\(text)', 'posted')"
  }

  private static func post(_ decision: Int) -> String {
    "INSERT INTO content.posts (decision_id, post_id, published_at) VALUES (\(decision), 't', '2025-06-15 12:00Z')"
  }

  private static func expectRepaired(_ stage: ContentStage, _ what: String = "") async throws {
    try await stage.repair()
    #expect(try await stage.queued() == [:], "\(what)")
    try await expect(stage.newLines(), are: stage.model().lines, "\(what)")
  }

  private static func withSessions(
    _ count: Int, _ body: @escaping @Sendable (ContentStage, [ContentSession]) async throws -> Void
  ) async throws {
    try await onLoop { loop in
      let stage = try await ContentStage.open(on: loop)
      defer { stage.close() }
      var sessions: [ContentSession] = []
      defer { for session in sessions { session.close() } }
      for _ in 0..<count { sessions.append(try await ContentSession.open(stage)) }
      try await body(stage, sessions)
    }
  }

  @Test("of transactions that write one decision at once none waits; a repair brings what the first did not see")
  func sameDecision() async throws {
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
      try await Self.withSessions(3) { stage, sessions in
        for session in sessions { try await session.begin() }
        try await sessions[0].run(Self.write(1, "x"))
        try await sessions[1].run(Self.post(1))
        try await sessions[2].run(Self.post(1))
        #expect(try await sessions[0].queued() == [:])
        for session in sessions[1...] { #expect(try await session.queued().keys.sorted() == [1]) }
        // Another decision is nobody's business.
        try await sessions[2].run(Self.write(2, "y"))
        #expect(try await sessions[2].queued().keys.sorted() == [1])
        for number in order { try await sessions[number].commit() }
        #expect(try await stage.newLines() != stage.model().lines)
        #expect(try await stage.queued().keys.sorted() == [1])
        try await Self.expectRepaired(stage)
        #expect(try await stage.newLines().count == 3)
      }
    }
  }

  @Test("three transactions that write two decisions crosswise do not wait in a circle")
  func crosswise() async throws {
    try await Self.withSessions(3) { stage, sessions in
      for session in sessions { try await session.begin() }
      for decision in [1, 2] { try await sessions[0].run(Self.write(decision, "x")) }
      try await sessions[1].run(Self.post(1))
      try await sessions[2].run(Self.post(2))
      try await sessions[1].run(Self.post(2))
      try await sessions[2].run(Self.post(1))
      for session in sessions { try await session.commit() }
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 4)
    }
  }

  @Test("a write while our own work holds the decision does not wait for it")
  func besideOurs() async throws {
    try await Self.withSessions(2) { stage, sessions in
      try await sessions[0].begin()
      _ = try await sessions[0].connection.query(stage.migration.copy.lock, [.array([1, 2])])
      try await sessions[1].begin()
      try await sessions[1].run(Self.write(1, "x"))
      try await sessions[1].run(Self.write(300, "x"))
      #expect(try await sessions[1].queued().keys.sorted() == [1])
      try await sessions[1].commit()
      try await sessions[0].rollBack()
      try await Self.expectRepaired(stage)
    }
  }

  @Test("a repair that finds a decision held gives way, also where its holder has taken an entry of it away")
  func besideAHolder() async throws {
    try await Self.withSessions(2) { stage, sessions in
      try await sessions[0].begin()
      try await sessions[0].run(Self.write(1, "x"))
      for number in 0..<2 {
        try await sessions[1].begin()
        try await sessions[1].run(Self.post(1))
        try await sessions[1].commit()
        // The first entry is the holder's now.
        if number == 0 { try await sessions[0].run(Self.post(1)) }
      }
      try await stage.repair()
      #expect(try await stage.queued().keys.sorted() == [1])
      try await sessions[0].commit()
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 2)
    }
  }

  @Test(
    "a transaction that may not see what others wrote leaves all to the queue",
    arguments: [
      "REPEATABLE READ", "SERIALIZABLE",
    ])
  func ownSnapshot(_ isolation: String) async throws {
    try await Self.withSessions(1) { stage, sessions in
      try await sessions[0].begin(isolation)
      try await sessions[0].run(Self.write(1, "x"))
      try await sessions[0].run(Self.post(1))
      #expect(try await stage.newLines(in: sessions[0].connection) == [])
      try await sessions[0].commit()
      #expect(try await stage.queued().keys.sorted() == [1])
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 2)
    }
  }

  @Test("what replication applies, where triggers of the new tables do not fire, is left to the repair")
  func replication() async throws {
    try await Self.withSessions(1) { stage, sessions in
      try await sessions[0].begin()
      try await sessions[0].run("SET LOCAL session_replication_role = replica")
      try await sessions[0].run(Self.write(1, "x"))
      try await sessions[0].run(Self.post(1))
      try await sessions[0].commit()
      #expect(try await stage.queued() == [1: "written by replication"])
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 2)
    }
  }

  @Test("what PostgreSQL refuses in the new tables costs the writer nothing, and is told")
  func refused() async throws {
    try await Self.withSessions(1) { stage, sessions in
      try await stage.run(
        "ALTER TABLE content.content_queue ADD CONSTRAINT unlucky CHECK (content <> '13')",
        """
        CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'not this post'; END $$
        """,
        """
        CREATE TRIGGER refuse BEFORE INSERT ON content.posted_content FOR EACH ROW WHEN (NEW.decision_id = 2)
          EXECUTE FUNCTION public.refuse()
        """)
      try await sessions[0].begin()
      for decision in 1...3 { try await sessions[0].run(Self.write(decision, decision == 1 ? "13" : "x")) }
      for decision in 1...3 { try await sessions[0].run(Self.post(decision)) }
      try await sessions[0].commit()
      let queued = try await stage.queued()
      #expect(queued.keys.sorted() == [1, 2])
      #expect(queued[1]?.contains("unlucky") == true && queued[2] == "not this post")
      #expect(try await stage.count("content.content_metadata") == 3)
      try await stage.repair()
      #expect(try await stage.queued().keys.sorted() == [1, 2], "no repair helps")
      try await stage.run(
        "ALTER TABLE content.content_queue DROP CONSTRAINT unlucky", "DROP TRIGGER refuse ON content.posted_content")
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 6)
    }
  }

  @Test("more than 1,000 decisions in one statement are left to the queue, 1,000 are not")
  func many() async throws {
    try await Self.withSessions(0) { stage, _ in
      func insert(_ count: Int) -> String {
        """
        INSERT INTO content.content_metadata (decision_id, content, status)
        SELECT n, 'x' || n, 'posted' FROM generate_series(1, \(count)) n
        """
      }
      try await stage.run(insert(1_000))
      #expect(try await stage.queued() == [:])
      try await expect(stage.newLines(), are: stage.model().lines)
      try await stage.run(insert(1_001))
      #expect(try await stage.queued().count == 1_001)
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 1_001)
    }
  }

  @Test("a transaction that writes decision after decision does not use up the server's locks")
  func manyInAll() async throws {
    try await Self.withSessions(1) { stage, sessions in
      try await sessions[0].begin()
      for number in 0..<5 {
        try await sessions[0].run(
          """
          INSERT INTO content.content_metadata (decision_id, content, status)
          SELECT n + \(number * 400), 'x', 'draft' FROM generate_series(1, 400) n
          """)
      }
      let locks = try await stage.count("pg_locks WHERE locktype = 'advisory'")
      #expect(900...1_010 ~= locks - 256, "one for each decision, and at most 256 that all share")
      #expect(try await sessions[0].queued().count == 1_000)
      try await sessions[0].commit()
      // The next one begins anew.
      try await stage.run(Self.write(1, "y"))
      #expect(try await stage.queued().count == 1_000)
      try await Self.expectRepaired(stage)
      #expect(try await stage.newLines().count == 2_000)
    }
  }

  @Test("while dual write is off all is left to the queue, and no repair takes it out before it is on")
  func dualWriteOff() async throws {
    try await Self.withSessions(0) { stage, _ in
      let store = ControlStore(database: stage.pool, migrations: [stage.migration])
      _ = try await store.setDualWrite(stage.migration, on: false, by: "test", reason: nil)
      try await stage.run(Self.write(1, "x"))
      try await stage.repair()
      #expect(try await stage.queued() == [1: "dual write was off"])
      #expect(try await stage.newLines() == [])
      _ = try await store.setDualWrite(stage.migration, on: true, by: "test", reason: nil)
      try await Self.expectRepaired(stage)
    }
  }

  @Test("once only new is written, a write to any old table is refused, and told what to do")
  func newOnly() async throws {
    try await Self.withSessions(1) { stage, sessions in
      try await stage.run(Self.write(1, "x"))
      try await stage.pool.transaction { try await $0.run(script: stage.migration.refuseOldWrites.text) }
      for source in ContentSource.all {
        for write in [
          "INSERT INTO content.\(source.table) (decision_id) VALUES (2)", "TRUNCATE content.\(source.table)",
        ] where source.table == "content_metadata" || write.hasPrefix("INSERT") {
          do {
            try await sessions[0].run(write)
            Issue.record("\(write): taken")
          } catch let error as DatabaseError {
            #expect(error.state?.description == "55000")
            #expect(
              error.message?.contains("\(source.table) takes no writes any more") == true,
              "\(error)")
          }
        }
      }
      #expect(try await stage.newLines().count == 1)
    }
  }
}
