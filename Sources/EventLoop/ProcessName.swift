import Glibc

/// A process, told from every other on any machine: host, process id, and when it began.
package struct ProcessName: Equatable, CustomStringConvertible {
  private let host: String
  private let pid: Int32
  /// In clock ticks since the machine was started; tells processes of one id apart.
  private let began: String

  package static let current = ProcessName(host: hostName(), pid: getpid(), began: began(of: getpid()) ?? "0")

  private init(host: String, pid: Int32, began: String) {
    self.host = host
    self.pid = pid
    self.began = began
  }

  package init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, let pid = Int32(parts[1]) else { return nil }
    self.init(host: String(parts[0]), pid: pid, began: String(parts[2]))
  }

  package var description: String { "\(host)/\(pid)/\(began)" }

  /// Certain only for processes of this machine; of others it is not known.
  package var hasEnded: Bool { host == Self.current.host && Self.began(of: pid) != began }

  private static func hostName() -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The 22nd field of `/proc/<pid>/stat` (proc(5)); nil: there is no such process, or it is a zombie.
  private static func began(of pid: Int32) -> String? {
    let file = unsafe open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 1_024)
    let count = unsafe read(file, &buffer, buffer.count)
    guard count > 0 else { return nil }
    // The second field, a name in parentheses, may hold blanks.
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z" else { return nil }
    return String(fields[19])
  }
}
