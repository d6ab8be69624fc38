import CLibUV
import Glibc

/// A listening socket. Several loops, and several processes, may listen on one port: the kernel spreads new
/// connections over them (`SO_REUSEPORT`).
@safe package final class TCPListener {
  /// Connections that the kernel holds for us until we accept them.
  private static let backlog: Int32 = 1024

  private let handle: Handle<uv_tcp_t>
  private let loop: EventLoop
  private let accepted: (TCPConnection) -> Void

  /// - Parameters:
  ///   - host: a numeric IPv4 or IPv6 address.
  ///   - port: 0 for one that is free.
  ///   - accepted: gets each new connection, which closes unless it is kept.
  package init(
    on loop: EventLoop, host: String, port: UInt16, accepted: @escaping (TCPConnection) -> Void
  ) throws(UVError) {
    precondition(loop.isCurrent)
    unsafe handle = unsafe try Handle("uv_tcp_init") { unsafe uv_tcp_init(loop.executor.loop, $0) }
    self.loop = loop
    self.accepted = accepted
    unsafe handle.belongs(to: self)
    var address = try sockaddr_storage(host: host, port: port)

    // Not for children: one that outlives us would be handed connections that it never takes.
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(Int32(address.ss_family), kind, 0)
    guard socket >= 0 else { throw UVError("socket", -errno) }
    var yes: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &yes, socklen_t(MemoryLayout<Int32>.size))
    let opened = unsafe uv_tcp_open(handle.raw, socket)
    if opened < 0 { close(socket) }
    try UVError.check("uv_tcp_open", opened)
    try UVError.check(
      "bind",
      unsafe withUnsafePointer(to: &address) {
        unsafe uv_tcp_bind(handle.raw, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), 0)
      })
    try UVError.check(
      "listen",
      unsafe uv_listen(UnsafeMutableRawPointer(handle.raw).assumingMemoryBound(to: uv_stream_t.self), Self.backlog) {
        stream, status in
        guard status == 0, let stream = unsafe stream else { return }
        let raw = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
        unsafe Handle<uv_tcp_t>.called(raw, TCPListener.self) { unsafe $0.accept(from: stream) }
      })
  }

  deinit { unsafe handle.close() }

  /// The port that is listened on.
  package var port: UInt16 {
    var address = sockaddr_storage()
    var length = Int32(MemoryLayout<sockaddr_storage>.size)
    return unsafe withUnsafeMutablePointer(to: &address) {
      let raw = UnsafeMutableRawPointer($0)
      unsafe uv_tcp_getsockname(handle.raw, raw.assumingMemoryBound(to: sockaddr.self), &length)
      return unsafe UInt16(bigEndian: raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port)
    }
  }

  private func accept(from stream: UnsafeMutablePointer<uv_stream_t>) {
    let connection = TCPConnection(on: loop)
    if unsafe connection.accept(from: stream) { accepted(connection) }
  }
}
