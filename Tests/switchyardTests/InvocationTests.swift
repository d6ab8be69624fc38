import EventLoop
import Testing

@testable import switchyard

@Suite struct InvocationTests {
  private struct Sample: Command {
    let name = "sample"
    let summary = "A sample."
    let options = [
      Option(name: "flag", help: "on or off"), Option(name: "count", value: "N", help: "how many"),
      Option(name: "reason", value: "TEXT", help: "why"),
    ]

    func run(_ options: GivenOptions, _ settings: Settings, on loop: EventLoop) async throws -> ExitCode { .done }
  }

  private static func parse(_ arguments: String...) -> String {
    switch Invocation.parse(arguments, commands: [Sample()]) {
    case .run(let invocation):
      let options = invocation.options
      let count = (try? options.count("count", default: 7)).map(String.init) ?? "bad"
      return "\(invocation.command.name) flag \(options.has("flag")) count \(count) reason \(options.has("reason"))"
    case .explain(let text): return "explain: \(text.split(separator: "\n")[0])"
    case .misused(let text): return "misused: \(text.split(separator: "\n")[0])"
    }
  }

  @Test("options in any order and both forms")
  func options() {
    #expect(Self.parse("sample") == "sample flag false count 7 reason false")
    #expect(Self.parse("sample", "--flag") == "sample flag true count 7 reason false")
    #expect(Self.parse("sample", "--count", "3", "--flag") == "sample flag true count 3 reason false")
    #expect(Self.parse("sample", "--flag", "--count=3") == "sample flag true count 3 reason false")
    #expect(Self.parse("sample", "--count=3", "--count=4") == "sample flag false count 4 reason false")
    #expect(Self.parse("sample", "--reason=a=b", "--count=1") == "sample flag false count 1 reason true")
    #expect(Self.parse("sample", "--reason=") == "sample flag false count 7 reason true")
  }

  @Test("a count is a whole number from 1", arguments: ["0", "-1", "x", "", "1.5", " 1", "9999999999999999999999"])
  func badCount(_ text: String) {
    #expect(Self.parse("sample", "--count", text) == "sample flag false count bad reason false")
  }

  @Test("what is not understood is named")
  func misused() {
    #expect(Self.parse().hasPrefix("misused: usage"))
    #expect(Self.parse("other") == #"misused: there is no command "other""#)
    #expect(Self.parse("sample", "--other") == #"misused: sample does not know "--other""#)
    #expect(Self.parse("sample", "flag") == #"misused: sample does not know "flag""#)
    #expect(Self.parse("sample", "-flag") == #"misused: sample does not know "-flag""#)
    #expect(Self.parse("sample", "--flags") == #"misused: sample does not know "--flags""#)
    #expect(Self.parse("sample", "--flag=1") == "misused: --flag takes no value")
    #expect(Self.parse("sample", "--count") == "misused: --count needs a value")
    #expect(Self.parse("--flag", "sample") == #"misused: there is no command "--flag""#)
  }

  @Test("help is given wherever it is asked for")
  func help() {
    for word in ["--help", "-h", "help"] { #expect(Self.parse(word).hasPrefix("explain: usage: switchyard <command>")) }
    for word in ["--help", "-h"] {
      #expect(Self.parse("sample", word).hasPrefix("explain: usage: switchyard sample"))
      #expect(Self.parse("sample", "--flag", word).hasPrefix("explain: usage: switchyard sample"))
    }
  }
}
