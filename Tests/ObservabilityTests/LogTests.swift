import JSON
import Observability
import Synchronization
import Testing

@Suite struct LogTests {
  @Test("only lines of the level and above", arguments: Log.Level.allCases) func levels(_ level: Log.Level) {
    let lines = Lines()
    let log = Log(level: level, format: .text) { lines.add($0) }
    log.debug("debug")
    log.info("info")
    log.warning("warning")
    log.error("error")
    let expected = Log.Level.allCases.drop { $0 != level }.map(\.rawValue)
    #expect(lines.all.map { String($0.split(separator: " ")[1]) } == expected)
  }

  @Test("no value can fake a line") func controls() {
    let lines = Lines()
    let log = Log(level: .info, format: .text) { lines.add($0) }
    log.info("a\nb", ["path": "/x\r\n2026 error faked\u{1B}[31m\u{0}\u{7F}"])
    let line = lines.all[0]
    #expect(line.unicodeScalars.filter { $0.value < 0x20 || $0.value == 0x7F }.count == 1)
    #expect(line.hasSuffix("\n"))
    #expect(line.contains("a\\u{a}b path=/x\\u{d}\\u{a}2026 error faked\\u{1b}[31m\\u{0}\\u{7f}"))
  }

  @Test("a JSON line is one object with its fields in order") func json() throws {
    let lines = Lines()
    let log = Log(level: .info, format: .json) { lines.add($0) }
    log.warning("with \"quotes\"", ["path": "/a\nb", "error": "Käuzli"])
    let value = try JSONReader.read(Array(lines.all[0].utf8.dropLast()))
    guard case .object(let members) = value else {
      Issue.record("no object")
      return
    }
    #expect(members.map(\.name) == ["at", "level", "message", "path", "error"])
    #expect(value["level"] == .string("warning"))
    #expect(value["message"] == .string("with \"quotes\""))
    #expect(value["path"] == .string("/a\nb"))
    #expect(!lines.all[0].dropLast().contains("\n"))
  }

  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }
}
