import Foundation
import Glibc

/// Folders of this test run.
package enum ScratchFolder {
  /// A path for a folder that nobody else uses. Removes what test runs that were killed left behind there.
  package static func path(_ purpose: String, _ number: Int? = nil) -> String {
    let prefix = "switchyard-\(purpose)-"
    sweep(prefix)
    return "/tmp/\(prefix)\(getpid())\(number.map { "-\($0)" } ?? "")"
  }

  private static func sweep(_ prefix: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? [] where name.hasPrefix(prefix) {
      let owner = name.dropFirst(prefix.count).prefix { $0 != "-" }
      guard let owner = Int32(owner), kill(owner, 0) != 0, errno == ESRCH else { continue }
      try? FileManager.default.removeItem(atPath: "/tmp/\(name)")
    }
  }
}
