import Foundation
import Glibc
import Synchronization

/// A new folder, gone with this value, and the processes of a PostgreSQL server whose data lies in it.
final class Folder {
  private static let count = Atomic<Int>(0)

  let path: String

  init(mode: Int = 0o755) throws {
    path = "/tmp/switchyard-program-\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: mode])
  }

  deinit {
    let far = serverFolder
    for pid in serverProcesses { kill(pid, SIGQUIT) }
    try? FileManager.default.removeItem(atPath: far)
    try? FileManager.default.removeItem(atPath: path)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8) }

  func mode(of name: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[.posixPermissions] as? Int ?? -1
  }

  /// Where the private server lies: here, or where its user can reach it.
  private var serverFolder: String {
    let near = "\(path)/.switchyard/postgres"
    return (try? FileManager.default.destinationOfSymbolicLink(atPath: near + "/elsewhere")) ?? near
  }

  /// Every process of that server works in its data folder.
  var serverProcesses: [Int32] {
    let data = serverFolder + "/data"
    return ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }.filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == data
    }
  }
}
