import Migration
import SQL
import TestSupport
import Testing

/// Workspaces that are written while posts are, in each phase, and the roles that follow them.
@Suite(.serialized) struct SocialWorkspaceTests {
  private static let late = SocialChange.late
  private static let post = "INSERT INTO social.posts (id, team, platform, status) VALUES (50, 'late', 'x', 'draft')"

  @Test(
    "a post and its workspace, written by two transactions at once, find each other once both are over",
    arguments: [
      ["INSERT INTO social.workspaces (id, name, slug) VALUES ('\(late)', 'n', 'late')"],
      [
        "INSERT INTO social.workspaces (id, name, slug) VALUES ('\(late)', 'n', 'other')",
        "UPDATE social.workspaces SET slug = 'late' WHERE slug = 'other'",
      ],
      [
        "INSERT INTO social.workspaces (id, name, slug) VALUES ('\(late)', 'n', 'late')",
        "UPDATE social.workspaces SET slug = 'other' WHERE slug = 'late'",
      ],
      [
        "INSERT INTO social.workspaces (id, name, slug) VALUES ('\(late)', 'n', 'late')",
        "DELETE FROM social.workspaces WHERE slug = 'late'",
      ],
    ])
  func together(writes: [String]) async throws {
    for isPostLast in [false, true] {
      try await SocialStage.use(keys: 1) { stage in
        try await stage.run(Array(writes.dropLast()))
        let (workspace, program) = (try await SocialSession.open(stage), try await SocialSession.open(stage))
        defer {
          workspace.close()
          program.close()
        }
        try await workspace.begin()
        try await workspace.run(writes.last!)
        try await program.begin()
        try await program.run(Self.post)
        // While one of them is open, nothing can be known.
        try await (isPostLast ? workspace : program).commit()
        for _ in 0..<3 { try await stage.repair() }
        try await (isPostLast ? program : workspace).commit()
        try await Self.repairAll(stage)
        let (lines, model) = (try await stage.newLines(), try await stage.model().lines)
        expect(lines, are: model, "\(writes.last!), the post is last: \(isPostLast)")
      }
    }
  }

  /// Transactions of other databases count too, so it may take a while.
  private static func repairAll(_ stage: SocialStage) async throws {
    try await eventually("all that was under way is over", on: stage.loop) {
      try await stage.repair()
      return try await stage.count("social.workspace_writes") == 0
    }
  }

  @Test("a workspace that gets another id keeps what no old row says")
  func renumbered() async throws {
    try await SocialStage.use(keys: 0) { stage in
      let one = SocialChange.workspaces[0]
      try await stage.run(
        "INSERT INTO social.ai_prompts (organization_id, name, version, template) VALUES ('\(one)', 'n', 1, 't')",
        """
        INSERT INTO social.ai_context_logs (organization_id, conversation_id, turn, role, content, prompt_name, prompt_version)
        VALUES ('\(one)', '\(Self.late)', 1, 'user', 'c', 'n', 1), ('\(one)', '\(Self.late)', 2, 'user', 'c', NULL, NULL)
        """,
        "INSERT INTO social.ai_suggestions (organization_id, kind, suggestion) VALUES ('\(one)', 'idea', 's')",
        "INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (50, '\(one)', 'x', 'draft')",
        "UPDATE social.workspaces SET id = '\(Self.late)' WHERE id = '\(one)'")
      for (table, rows) in [("ai_prompts", 1), ("ai_context_logs", 2), ("ai_suggestions", 1)] {
        #expect(try await stage.count("social.\(table) WHERE organization_id = '\(Self.late)'") == rows, "\(table)")
      }
      try await Self.repairAll(stage)
      expect(try await stage.newLines(), are: try await stage.model().lines)
    }
  }

  @Test(
    "while only new is written and there is a way back, a workspace with posts or numbers stays as it is",
    arguments: ["new_only", "archived"])
  func stays(phase: String) async throws {
    try await SocialStage.use(keys: 0) { stage in
      let (one, two) = (SocialChange.workspaces[0], SocialChange.workspaces[1])
      try await stage.run(
        "INSERT INTO social.posts (id, workspace_id, platform, status) VALUES (50, '\(one)', 'x', 'draft')")
      try await stage.run("UPDATE switchyard.migrations SET phase = '\(phase)' WHERE name = 'social-posts'")
      for write in [
        "DELETE FROM social.workspaces WHERE id = '\(one)'",
        "UPDATE social.workspaces SET id = '\(Self.late)' WHERE id = '\(one)'",
      ] {
        do {
          try await stage.run(write)
          Issue.record("taken: \(write)")
        } catch let error as DatabaseError { #expect(error.state?.description == "55000", "\(error)") }
      }
      #expect(try await stage.count("social.posts_core") == 1)
      try await stage.run(
        "UPDATE social.workspaces SET name = 'other' WHERE id = '\(one)'",
        "DELETE FROM social.workspaces WHERE id = '\(two)'",
        "UPDATE switchyard.migrations SET phase = 'dropped' WHERE name = 'social-posts'",
        "DELETE FROM social.workspaces WHERE id = '\(one)'")
      #expect(try await stage.count("social.posts_core") == 0)
    }
  }

  @Test("a role that cannot be dropped stops no other's")
  func roleThatStays() async throws {
    try await SocialStage.use(keys: 0) { stage in
      let one = SocialChange.workspaces[0]
      let role = try await stage.value(
        "SELECT role_name FROM social.organization_roles WHERE organization_id = '\(one)'")!
      try await stage.run("SET LOCAL ROLE \(role)", "SELECT lo_create(0)")
      try await stage.run("DELETE FROM social.workspaces WHERE id = '\(one)'")
      try await stage.run("INSERT INTO social.workspaces (id, name, slug) VALUES ('\(Self.late)', 'n', 'late')")
      #expect(try await stage.count("social.organization_roles WHERE organization_id = '\(Self.late)'") == 1)
      // Its workspace comes back, and finds its role, which is a tenant's.
      try await stage.run("INSERT INTO social.workspaces (id, name, slug) VALUES ('\(one)', 'n', 'one')")
      #expect(try await stage.value("SELECT pg_has_role('\(role)', social.tenant_role(NULL), 'MEMBER')") == "t")
    }
  }
}
