import EventLoop
import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct InheritanceTests {
  /// A child that lived on with our listening socket would be handed connections that it never takes.
  @Test("a child has no socket of ours") func sockets() async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "inheritance-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await onLoop { loop in
      var kept: [TCPConnection] = []
      let listener = try TCPListener(on: loop, host: "127.0.0.1", port: 0) { kept.append($0) }
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      defer { close(client) }
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = listener.port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let connected = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe connect(
          client, UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self),
          socklen_t(MemoryLayout<sockaddr_in>.size))
      }
      #expect(connected == 0)
      let end = EventLoop.monotonicNanoseconds + 10_000_000_000
      while kept.isEmpty, EventLoop.monotonicNanoseconds < end { await loop.sleep(milliseconds: 1) }
      #expect(kept.count == 1)

      let output = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
      defer { close(output) }
      let child = try ChildProcess(
        on: loop, ["sh", "-c", "for n in /proc/self/fd/*; do readlink $n; done"], output: output)
      _ = await child.wait()
      let ours = Self.sockets(of: listener.port)
      #expect(ours.count == 2)
      let theirs = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
      #expect(!theirs.isEmpty)
      #expect(Set(theirs).isDisjoint(with: ours))
      withExtendedLifetime((listener, kept)) {}
    }
  }

  /// The sockets of this process with this port at its near end, named as the kernel names them.
  private static func sockets(of port: UInt16) -> Set<String> {
    let folder = "/proc/self/fd"
    let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { Int32($0) }
    let ours = files.filter { file in
      var address = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe getsockname(
          file, UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), &length)
      }
      return status == 0 && address.sin_family == sa_family_t(AF_INET) && address.sin_port == port.bigEndian
    }
    return Set(ours.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") })
  }
}
