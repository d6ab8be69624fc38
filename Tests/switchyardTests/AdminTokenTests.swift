import Foundation
import Testing

/// Where the token and the other settings come from.
@Suite struct AdminTokenTests {
  private static func status(_ environment: [String: String], file: String? = nil, token: String?) async throws -> Int {
    let database = try await ServerDatabase.make()
    let folder = try Folder()
    if let file { try folder.write(file.replacing("$URL", with: database.url), to: ".env") }
    var environment = environment.merging(["PORT": "0"]) { given, _ in given }
    if file?.contains("DATABASE_URL") != true { environment["DATABASE_URL"] = database.url }
    let program = try Program(["serve"], in: folder, environment)
    let answer = try await Client(try await program.address(), token: token).get("/api/admin/flags")
    #expect(try await program.end(after: SIGTERM) == 0)
    return answer.status
  }

  @Test("the token of the environment opens the door, another does not, none is none")
  func environmentToken() async throws {
    #expect(try await Self.status(["ADMIN_TOKEN": "right"], token: "right") == 200)
    #expect(try await Self.status(["ADMIN_TOKEN": "right"], token: "wrong") == 401)
    #expect(try await Self.status(["ADMIN_TOKEN": "right"], token: nil) == 401)
  }

  @Test(
    "where no token is configured nobody gets in; an empty one counts as none", arguments: [[:], ["ADMIN_TOKEN": ""]])
  func noToken(_ environment: [String: String]) async throws {
    #expect(try await Self.status(environment, token: "x") == 403)
    #expect(try await Self.status(environment, token: nil) == 403)
  }

  @Test("a .env file is read, and the environment wins")
  func environmentFile() async throws {
    let file = "# settings\nADMIN_TOKEN=\"of the file\"\nDATABASE_URL=$URL\nPORT=notaport\n"
    #expect(try await Self.status([:], file: file, token: "of the file") == 200)
    #expect(try await Self.status(["ADMIN_TOKEN": "mine"], file: file, token: "mine") == 200)
    #expect(try await Self.status(["ADMIN_TOKEN": "mine"], file: file, token: "of the file") == 401)
    #expect(try await Self.status(["ADMIN_TOKEN": ""], file: file, token: "of the file") == 403)
  }

  @Test("serve with a private server makes a token too, once")
  func privateServer() async throws {
    let folder = try Folder()
    var tokens: Set<String> = []
    for _ in 0..<2 {
      let program = try Program(["serve"], in: folder, ["PORT": "0"])
      let address = try await program.address()
      #expect(program.printed.contains("\(folder.path)/.switchyard/admin-token"))
      let token = try folder.text(".switchyard/admin-token").trimmingCharacters(in: .newlines)
      #expect(try folder.mode(of: ".switchyard/admin-token") == 0o600)
      #expect(try await Client(address, token: token).get("/api/admin/flags").status == 200)
      #expect(!program.printed.contains(token))
      tokens.insert(token)
      #expect(try await program.end(after: SIGTERM) == 0)
    }
    #expect(tokens.count == 1 && tokens.first!.utf8.count >= 32)
  }
}
