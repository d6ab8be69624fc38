import Testing

@testable import switchyard

/// What the binary says and how it exits, before it touches a database.
@Suite struct CommandLineTests {
  @Test("--help exits 0 and names every command and every option")
  func help() async throws {
    let folder = try Folder()
    let overview = try await Program.run(["--help"], in: folder)
    #expect(overview.status == 0)
    for command in Switchyard.commands {
      #expect(overview.printed.contains("  \(command.name) "))
      let help = try await Program.run([command.name, "--help"], in: folder)
      #expect(help.status == 0)
      for option in command.options { #expect(help.printed.contains("--\(option.name)"), "\(command.name)") }
    }
    for name in ["serve", "demo", "create", "backfill", "refresh"] { #expect(overview.printed.contains(name)) }
  }

  @Test(
    "bad usage exits 2 and says what is wrong",
    arguments: [
      ([], "usage"), (["fly"], "fly"), (["serve", "--fast"], "--fast"), (["demo", "--scale"], "--scale"),
      (["demo", "--scale", "0"], "--scale"), (["demo", "--scale=x"], "--scale"),
      (["backfill", "--batch-size=-1"], "--batch-size"), (["demo", "now"], "now"),
    ])
  func badUsage(_ arguments: [String], _ named: String) async throws {
    let folder = try Folder()
    let run = try await Program.run(
      arguments, in: folder, ["DATABASE_URL": "postgresql:///nowhere?host=\(folder.path)"])
    #expect(run.status == 2, "\(run.printed)")
    #expect(run.printed.contains(named))
  }

  @Test(
    "bad settings exit 2, all named, before anything is started",
    arguments: ["serve", "demo", "create", "backfill", "refresh"])
  func badSettings(_ command: String) async throws {
    let folder = try Folder()
    let run = try await Program.run([command], in: folder, ["PORT": "x", "WORKERS": "0", "LOG_LEVEL": "loud"])
    #expect(run.status == 2)
    for name in ["PORT", "WORKERS", "LOG_LEVEL"] { #expect(run.printed.contains(name)) }
    #expect(folder.serverProcesses.isEmpty)
    #expect(throws: (any Error).self) { try folder.mode(of: ".switchyard") }
  }

  @Test("a DATABASE_URL that is none exits 2 and is not printed", arguments: ["DATABASE_URL", "READ_DATABASE_URL"])
  func badURL(_ name: String) async throws {
    let folder = try Folder()
    var environment = ["DATABASE_URL": "postgresql:///x?host=\(folder.path)", "PORT": "0"]
    environment[name] = "secret-in-it ="
    let run = try await Program.run(["serve"], in: folder, environment)
    #expect(run.status == 2, "\(run.printed)")
    #expect(run.printed.contains(name))
    #expect(!run.printed.contains("secret-in-it"))
  }

  @Test("a database that is away ends a command with 1", arguments: ["create", "backfill", "refresh"])
  func databaseAway(_ command: String) async throws {
    let folder = try Folder()
    let run = try await Program.run([command], in: folder, ["DATABASE_URL": "postgresql:///x?host=\(folder.path)"])
    #expect(run.status == 1)
    #expect(!run.printed.isEmpty)
  }
}
