import CivilTime
import Glibc

/// Lines for operators, on standard error.
package struct Log: Sendable {
  package enum Level: String, Sendable, CaseIterable, Comparable {
    case debug, info, warning, error

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    package static func < (a: Level, b: Level) -> Bool {
      a.rank < b.rank
    }
  }

  package enum Format: String, Sendable, CaseIterable { case text, json }

  private let level: Level
  private let format: Format
  private let write: @Sendable (String) -> Void

  package init(level: Level, format: Format, write: @escaping @Sendable (String) -> Void = Log.toStandardError) {
    self.level = level
    self.format = format
    self.write = write
  }

  package func debug(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.debug, message, fields) }
  package func info(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.info, message, fields) }
  package func warning(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) {
    log(.warning, message, fields)
  }
  package func error(_ message: String, _ fields: KeyValuePairs<String, String> = [:]) { log(.error, message, fields) }

  private func log(_ level: Level, _ message: String, _ fields: KeyValuePairs<String, String>) {
    guard level >= self.level else { return }
    write(LogLine(at: .now, level, message, fields).formatted(format))
  }

  package static let toStandardError: @Sendable (String) -> Void = { line in
    var line = line
    line.withUTF8 { unsafe _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
