import Hashing
import Testing

@Suite struct SecretTests {
  @Test("an empty text is no secret") func empty() { #expect(Secret("") == nil) }

  @Test(
    "matches itself and nothing else", arguments: ["a", "token", "Käuzli 🦉", String(repeating: "x", count: 10_000)])
  func matches(_ text: String) throws {
    let secret = try #require(Secret(text))
    #expect(secret.matches(text))
    for other in ["", text + " ", " " + text, String(text.dropLast()), text.uppercased() + "!", "other"] {
      #expect(!secret.matches(other))
    }
  }

  @Test("random secrets are long and differ") func random() {
    let secrets = Set((0..<1_000).map { _ in Secret.random() })
    #expect(secrets.count == 1_000)
    #expect(secrets.allSatisfy { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
  }
}
