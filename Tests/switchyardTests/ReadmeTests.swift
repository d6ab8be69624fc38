import Foundation
import Glibc
import Testing

@Suite struct ReadmeTests {
  /// The commands under "Try it", each with the comment above it.
  private static func commands() throws -> String {
    let readme = try Repository.text("README.md")
    let section = try #require(readme.firstMatch(of: /## Try it.*?```sh\n(.*?)```/.dotMatchesNewlines()))
    return String(section.1)
  }

  @Test("the lines under \"Try it\" do what they say, as printed")
  func tryIt() async throws {
    let folder = try Folder()
    let program = try Program(["demo"], in: folder, ["PORT": "0"])
    let address = try await program.address()
    try await eventually("the token is made", while: program.isRunning) {
      (try? folder.text(".switchyard/admin-token")) != nil
    }
    try folder.write("silent\nshow-error\nwrite-out = \"\\n%{http_code}\\n\"\n", to: ".curlrc")
    let commands = try Self.commands()
    let printed = try Shell.run(
      commands.replacing("http://127.0.0.1:8080", with: address), in: folder, ["CURL_HOME": folder.path])
    let lines = printed.split(whereSeparator: \.isNewline)

    let answers = lines.filter { $0.wholeMatch(of: /[0-9]{3}/) != nil }
    #expect(answers.count == commands.split(separator: "\n").count { $0.hasPrefix("curl ") }, "\(printed)")
    #expect(answers.allSatisfy { $0 == "200" }, "\(printed)")
    let bodies = lines.filter { $0.hasPrefix("{") }
    #expect(bodies.count == answers.count)
    #expect(bodies[0].contains("Bramble & Oake"))
    #expect(lines.contains { $0.hasPrefix("X-Schema: ") })
    #expect(bodies[2].contains(#""collectors":["chatgpt","claude"],"interval":"week""#))
    #expect(bodies[3].contains(#""use_new_schema":true,"canary_percent":50"#))
    #expect(bodies[4] == bodies[5] && bodies[4].contains(#""totals":"#))
    #expect(bodies[6].hasPrefix(#"{"since":""#) && bodies[6].contains(#""service":"dashboard","old":{"requests":"#))
    #expect(bodies[7].hasPrefix(#"{"processed":0,"#))
    #expect(bodies[8].contains(#""ramp":{"steps":[10,50,100],"soak_s":3600}"#))
    #expect(bodies[9].hasPrefix(#"{"decisions":["#))
    let flags = try await Client(
      address, token: try folder.text(".switchyard/admin-token").trimmingCharacters(in: .newlines)
    )
    .get("/api/admin/flags").text
    #expect(!flags.contains(#""use_new_schema":true"#), "rolled back")
    #expect(try await program.end(after: SIGTERM) == 0)
  }
}
