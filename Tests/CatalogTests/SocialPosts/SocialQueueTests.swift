import Cutover
import EventLoop
import Migration
import Postgres
import SQL
import Testing
import TestSupport

/// What cannot be copied at once is left to the repair queue.
@Suite(.serialized) struct SocialQueueTests {
  private static func post(_ key: Int, _ media: [String]) -> String {
    """
    INSERT INTO social.posts (id, workspace_id, platform, status, media_urls)
    VALUES (\(key), '\(SocialChange.workspaces[0])', 'x', 'draft',
      '[\(media.map { "\"\($0)\"" }.joined(separator: ","))]')
    """
  }

  private static func expectRepaired(_ stage: SocialStage, _ what: String = "") async throws {
    try await stage.repair()
    #expect(try await stage.queued() == [:], "\(what)")
    try await expect(stage.newLines(), are: stage.model().lines, "\(what)")
  }

  @Test(
    "of transactions whose posts share a new file none waits for another's end: a repair brings what one could not")
  func sharedFile() async throws {
    let files = [[["u"], ["u"]], [["a", "b"], ["b", "a"]], [["u", "v"], ["v", "w"]]]
    let ends = [[0, 1], [1, 0]].flatMap { order in [true, false].map { (order: order, isCommitted: $0) } }
    try await SocialStage.use(keys: 9) { stage in
      var first = 1
      for files in files {
        for (order, isCommitted) in ends {
          var sessions: [SocialSession] = []
          defer { for session in sessions { session.close() } }
          for (number, files) in files.enumerated() {
            sessions.append(try await SocialSession.open(stage))
            try await sessions[number].begin()
            // Nothing but the copy itself ends a wait without an error.
            try await sessions[number].run("SET LOCAL lock_timeout = 0")
            try await sessions[number].run("SET LOCAL statement_timeout = '5s'")
            try await sessions[number].run(Self.post(first + number, files.map { "\($0) \(first)" }))
          }
          #expect(try await sessions[0].queued() == [:])
          #expect(try await sessions[1].queued().keys.sorted() == [first + 1], "it waited a little, and gave up")
          for number in order {
            if number == 0, !isCommitted {
              try await sessions[number].rollBack()
            } else {
              try await sessions[number].commit()
            }
          }
          try await Self.expectRepaired(stage, "\(files) \(order) \(isCommitted)")
          #expect(try await stage.count("social.posts_core WHERE entity_id >= \(first)") == (isCommitted ? 2 : 1))
          first += 2
        }
      }
    }
  }

  @Test("of transactions that write one entity at once none waits; a repair brings what the first did not see")
  func sameEntity() async throws {
    try await SocialStage.use(keys: 0) { stage in
      for (number, order) in [[0, 1, 2], [2, 1, 0], [1, 0, 2]].enumerated() {
        let key = number + 1
        var sessions: [SocialSession] = []
        defer { for session in sessions { session.close() } }
        for write in [
          Self.post(key, ["u \(key)"]),
          "INSERT INTO social.post_analytics (post_id, stat_day, likes) VALUES (\(key), '2025-06-15', 1)",
          "INSERT INTO social.instagramreelsscraper (post_id, music, scraped_at) VALUES (\(key), 'm', '2025-06-15Z')",
        ] {
          let session = try await SocialSession.open(stage)
          sessions.append(session)
          try await session.begin()
          try await session.run(write)
          #expect(try await session.queued().keys.sorted() == (sessions.count == 1 ? [] : [key]), "\(write)")
        }
        for place in order { try await sessions[place].commit() }
        #expect(try await stage.newLines() != stage.model().lines, "\(order)")
        #expect(try await stage.queued().keys.sorted() == [key], "\(order)")
        try await Self.expectRepaired(stage, "\(order)")
      }
      #expect(try await stage.newLines().count == 3 * 6)
    }
  }

  @Test("a file that is there is shared without waiting, also by a transaction that is at the same time as another")
  func knownFile() async throws {
    try await SocialStage.use(keys: 9) { stage in
      try await stage.run(Self.post(1, ["u"]))
      var sessions: [SocialSession] = []
      defer { for session in sessions { session.close() } }
      for key in [2, 3] {
        let session = try await SocialSession.open(stage)
        sessions.append(session)
        try await session.begin()
        try await session.run(Self.post(key, ["u"]))
        #expect(try await session.queued() == [:])
        try await session.expectFollowed()
      }
      for session in sessions { try await session.commit() }
      #expect(try await stage.queued() == [:])
      try await expect(stage.newLines(), are: stage.model().lines)
      #expect(try await stage.count("social.media_files") == 1)
      // The last link goes, and only maintenance takes the file.
      try await stage.run("DELETE FROM social.posts")
      #expect(try await stage.count("social.media_files") == 1)
      #expect(try await stage.value("SELECT files FROM social.maintenance(NULL)") == "1")
      #expect(try await stage.count("social.media_files") == 0)
    }
  }

  @Test("what is written to workspaces and accounts leaves to the queue the entities that it concerns, and those alone")
  func moves() async throws {
    try await SocialStage.use(keys: 9) { stage in
      let (one, two) = (SocialChange.workspaces[0], SocialChange.workspaces[1])
      try await stage.run(
        """
        INSERT INTO social.posts (id, workspace_id, team, platform, status) VALUES
          (1, '\(one)', NULL, 'x', 'draft'), (2, NULL, E' TEAM-1\\t', 'x', 'draft'), (3, NULL, 'late', 'x', 'draft'),
          (4, '\(two)', 'team-1', 'x', 'draft'), (5, '\(SocialChange.late)', NULL, 'x', 'draft'),
          (6, '\(two)', NULL, 'x', 'draft')
        """,
        "INSERT INTO social.account_analytics (account_id, day, reach) VALUES (1, '2025-06-01', 1)")
      try await expect(stage.newLines(), are: stage.model().lines)
      for (write, keys) in [
        ("UPDATE social.workspaces SET name = 'other' WHERE id = '\(one)'", []),
        ("UPDATE social.workspaces SET slug = 'late' WHERE id = '\(one)'", [2, 3, 4]),
        ("UPDATE social.workspaces SET slug = 'team-1' WHERE id = '\(one)'", [2, 3, 4]),
        ("INSERT INTO social.workspaces (id, name, slug) VALUES ('\(SocialChange.late)', 'n', 'late')", [3, 5]),
        ("UPDATE social.accounts SET workspace_id = '\(two)' WHERE id = 1", [1]),
        ("UPDATE social.accounts SET handle = 'other'", []),
        ("DELETE FROM social.accounts WHERE id = 1", [1]),
        ("INSERT INTO social.accounts (id, workspace_id, platform, handle) VALUES (1, '\(one)', 'x', 'h')", [1]),
        ("UPDATE social.accounts SET id = 9 WHERE id = 1", [1, 9]),
        ("UPDATE social.accounts SET id = 1 WHERE id = 9", [1, 9]),
        ("DELETE FROM social.workspaces WHERE id = '\(SocialChange.late)'", [3, 5]),
        // Its account goes with it.
        ("DELETE FROM social.workspaces WHERE id = '\(one)'", [1, 2, 4]),
      ] as [(String, Set<Int>)] {
        try await stage.run(write)
        let queued = Set(try await stage.queued().keys)
        #expect(queued == keys, "\(write)")
        try await Self.expectRepaired(stage, write)
      }
      #expect(
        try await stage.count("social.organizations o FULL JOIN social.workspaces w USING (id, name, slug, created_at)")
          == 2)
    }
  }

  @Test("members follow, with the role that they have, or as viewers")
  func members() async throws {
    try await SocialStage.use(keys: 1) { stage in
      let one = SocialChange.workspaces[0]
      for (write, role) in [
        ("INSERT INTO social.workspace_members (workspace_id, user_id, role) VALUES ('\(one)', 7, ' OWNER ')", "owner"),
        ("UPDATE social.workspace_members SET role = 'boss'", "viewer"),
        ("UPDATE social.workspace_members SET role = NULL", "viewer"),
        ("UPDATE social.workspace_members SET role = 'Editor', user_id = 8", "editor"),
        ("DELETE FROM social.workspace_members", nil),
      ] {
        try await stage.run(write)
        #expect(
          try await stage.rows("SELECT role FROM social.organization_members").map { $0[0] }
            == (role.map { [$0] } ?? []),
          "\(write)")
      }
    }
  }

  /// Few rows, so that whole parts come and go, or many of any kind.
  @Test(
    "at every moment what is committed is in the new tables or in the queue; at the end all is right",
    arguments: [(true, 3), (false, 50)])
  func holds(isSound: Bool, rows: Int) async throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    let keys = isSound ? 3 : 4
    try await SocialStage.use(keys: keys) { stage in
      try await stage.interleave(keys: keys, rows: rows, isSound: isSound, steps: isSound ? 200 : 60, seed: seed) {
        try await stage.run($0.move())
      }
    }
  }

  @Test("once only new is written, a write to any old table is refused, and told what to do")
  func newOnly() async throws {
    try await SocialStage.use(keys: 4) { stage in
      try await stage.pool.transaction { try await $0.run(script: stage.migration.refuseOldWrites.text) }
      var change = SocialChange(keys: 4, seed: 1, isSound: true)
      for table in SocialTable.all {
        do {
          try await stage.run(change.insert(into: table))
          Issue.record("\(table.name): taken")
        } catch let error as DatabaseError {
          #expect(error.state?.description == "55000")
          #expect(
            error.message?.contains("\(table.name) takes no writes any more") == true,
            "\(error)")
        }
      }
      #expect(try await stage.newLines() == [])
      // What rows belong to is still followed; nothing is left to repair.
      try await stage.run("UPDATE social.workspaces SET slug = 'other' WHERE slug = 'team-1'")
      #expect(try await stage.queued() == [:])
    }
  }
}
