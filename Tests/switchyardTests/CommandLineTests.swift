import Foundation
import Testing

@Suite struct CommandLineTests {
  @Test(
    "help is no error",
    arguments: [
      ["--help"], ["-h"], ["help"], ["serve", "--help"], ["demo", "--help"], ["create", "-h"], ["backfill", "--help"],
      ["refresh", "--help"],
    ])
  func help(_ arguments: [String]) async throws {
    let program = try Program(arguments)
    #expect(try await program.wait() == 0)
    #expect(program.output.hasPrefix("usage: switchyard"))
    try FileManager.default.removeItem(at: program.folder)
  }

  @Test(
    "misuse ends with 2 and says what is wrong",
    arguments: [
      ([], [:], "usage: switchyard"), (["fly"], [:], "no command \"fly\""), (["serve", "--fast"], [:], "\"--fast\""),
      (["demo", "--scale"], [:], "--scale needs a value"), (["demo", "--scale", "0"], [:], "not \"0\""),
      (["demo", "--no-serve=yes"], [:], "takes no value"), (["serve"], ["PORT": "65536"], "PORT must be"),
      (["serve"], ["WORKERS": "none"], "WORKERS must be"),
      (["serve"], ["LOG_LEVEL": "loud"], "LOG_LEVEL must be one of debug"),
      (["serve"], ["DATABASE_URL": "mysql://x"], "DATABASE_URL is neither"),
    ] as [([String], [String: String], String)])
  func misuse(_ arguments: [String], _ settings: [String: String], _ told: String) async throws {
    let program = try Program(arguments, settings: settings)
    #expect(try await program.wait() == 2)
    #expect(program.output.contains(told), "\(program.output)")
    try FileManager.default.removeItem(at: program.folder)
  }

  @Test("every wrong setting is named at once, and .env is read") func allSettings() async throws {
    let folder = try Program.newFolder()
    try "# comment\nexport PORT = \"-1\"\nWORKERS=0\nLOG_FORMAT=json\n".write(
      to: folder.appending(path: ".env"), atomically: true, encoding: .utf8)
    let program = try Program(["serve"], settings: ["LOG_FORMAT": "xml", "PORT": "99999"], in: folder)
    #expect(try await program.wait() == 2)
    for name in ["PORT", "WORKERS", "LOG_FORMAT"] { #expect(program.output.contains("\(name) must be")) }
    try FileManager.default.removeItem(at: folder)
  }
}
