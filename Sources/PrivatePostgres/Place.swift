import EventLoop
import FoundationEssentials
import Glibc

/// The folders of a private server, and the user that runs it.
///
/// PostgreSQL refuses to run as root: root's servers run as the user `postgres`. Where that user cannot reach the
/// folder (a home of mode 0700), the server lies under `/var/lib/switchyard` and the folder links to it.
struct Place {
  private static let serverUser = "postgres"
  private static let fallbackFolder = "/var/lib/switchyard"
  private static let socketName = "/.s.PGSQL.5432"
  /// `sun_path` of `unix(7)`, without its end.
  private static let socketPathBytesMax = 107

  let folder: String
  /// Nil: the user of this process.
  private let user: (name: String, uid: UInt32, gid: UInt32)?

  var data: String { folder + "/data" }
  var log: String { folder + "/log" }

  var socket: String {
    let near = folder + "/socket"
    guard near.utf8.count + Self.socketName.utf8.count > Self.socketPathBytesMax else { return near }
    return "/tmp/switchyard-\(getuid())-\(Self.fingerprint(folder))"
  }

  static func prepare(_ folder: String, on loop: EventLoop) async throws(PrivatePostgresError) -> Place {
    guard geteuid() == 0 else {
      let place = Place(folder: folder, user: nil)
      try place.makeFolders()
      return place
    }
    guard let entry = unsafe getpwnam(serverUser) else { throw .noUser(serverUser) }
    let user = unsafe (serverUser, entry.pointee.pw_uid, entry.pointee.pw_gid)
    let near = Place(folder: folder, user: user)
    try near.makeFolders()
    if await near.isReachable(on: loop) { return near }
    let far = Place(folder: "\(fallbackFolder)/\(fingerprint(folder))", user: user)
    try far.makeFolders()
    let link = folder + "/elsewhere"
    _ = unsafe unlink(link)
    guard unsafe symlink(far.folder, link) == 0 else { throw .folder(link, errno) }
    return far
  }

  /// - Parameter options: of `setpriv`.
  /// - Returns: `command`, made to run as the server's user.
  func asServerUser(_ command: [String], options: [String] = []) -> [String] {
    let identity = user.map { ["--reuid=\($0.uid)", "--regid=\($0.gid)", "--init-groups"] } ?? []
    return ["setpriv"] + identity + options + ["--"] + command
  }

  private func isReachable(on loop: EventLoop) async -> Bool {
    let nowhere = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer { close(nowhere) }
    let probe = try? ChildProcess(on: loop, asServerUser(["test", "-w", folder]), output: nowhere)
    return await probe?.wait() == .status(0)
  }

  private func makeFolders() throws(PrivatePostgresError) {
    for path in [folder, socket] {
      do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
        throw .folder(path, errno)
      }
      guard unsafe chmod(path, 0o700) == 0 else { throw .folder(path, errno) }
      if let user, unsafe chown(path, user.uid, user.gid) != 0 { throw .folder(path, errno) }
    }
  }

  /// A short name for a path: FNV-1a, 64 bits.
  private static func fingerprint(_ path: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
  }
}
