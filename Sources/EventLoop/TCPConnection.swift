import CLibUV
import Glibc

/// One TCP connection. Closes when it is released.
@safe package final class TCPConnection {
  /// What a read gives: bytes, valid only during the call; or the end; or a failure, after which nothing comes.
  package enum Arrival {
    case end
    case failed(UVError)
  }

  /// Bytes that one read takes in at most.
  private static let readBytesMax = 64 * 1024

  private let handle: Handle<uv_tcp_t>
  private var received: ((Span<UInt8>) -> Void)?
  private var ended: ((Arrival) -> Void)?
  private var drained: (() -> Void)?
  private var connected: ((UVError?) -> Void)?

  init(on loop: EventLoop) {
    precondition(loop.isCurrent)
    unsafe handle = unsafe Handle { unsafe _ = uv_tcp_init(loop.executor.loop, $0) }
    unsafe handle.belongs(to: self)
  }

  deinit { unsafe handle.close() }

  private var stream: UnsafeMutablePointer<uv_stream_t> {
    unsafe UnsafeMutableRawPointer(handle.raw).assumingMemoryBound(to: uv_stream_t.self)
  }

  func accept(from listener: UnsafeMutablePointer<uv_stream_t>) -> Bool {
    guard unsafe uv_accept(listener, stream) == 0 else { return false }
    unsafe uv_tcp_nodelay(handle.raw, 1)
    return true
  }

  /// Connects to a numeric IPv4 or IPv6 address.
  /// - Parameter connected: told once whether it worked; not at all if the connection is closed before.
  package static func connect(
    to host: String, port: UInt16, on loop: EventLoop, connected: @escaping (UVError?) -> Void
  ) throws(UVError) -> TCPConnection {
    let connection = TCPConnection(on: loop)
    connection.connected = connected
    try connection.connect(to: try sockaddr_storage(host: host, port: port))
    return connection
  }

  private func connect(to address: sockaddr_storage) throws(UVError) {
    let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    var address = address
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe uv_tcp_connect(request, handle.raw, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self)) {
        request, status in
        let stream = unsafe request?.pointee.handle
        unsafe request?.deallocate()
        guard let stream = unsafe stream else { return }
        let raw = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
        unsafe Handle<uv_tcp_t>.called(raw, TCPConnection.self) { $0.connected(status) }
      }
    }
    if status < 0 { unsafe request.deallocate() }
    try UVError.check("connect", status)
    unsafe uv_tcp_nodelay(handle.raw, 1)
  }

  private func connected(_ status: Int32) {
    let told = connected
    connected = nil
    told?(status < 0 ? UVError("connect", status) : nil)
  }

  /// Begins to read.
  /// - Parameters:
  ///   - received: gets the bytes that came.
  ///   - ended: called when the peer sends no more, and when the connection breaks; each at most once.
  ///   - drained: called when bytes that `write` had to keep have all gone out.
  package func open(
    received: @escaping (Span<UInt8>) -> Void, ended: @escaping (Arrival) -> Void, drained: @escaping () -> Void
  ) {
    self.received = received
    self.ended = ended
    self.drained = drained
    resumeReading()
  }

  package func resumeReading() {
    unsafe uv_read_start(
      stream,
      { _, _, buffer in
        unsafe buffer?.pointee = uv_buf_init(
          UnsafeMutablePointer<CChar>.allocate(capacity: TCPConnection.readBytesMax),
          UInt32(TCPConnection.readBytesMax))
      },
      { stream, count, buffer in
        let bytes = unsafe UnsafeMutableRawPointer(buffer?.pointee.base)
        defer { unsafe bytes?.deallocate() }
        guard count != 0, let stream = unsafe stream else { return }
        let raw = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
        unsafe Handle<uv_tcp_t>.called(raw, TCPConnection.self) { connection in
          if count > 0, let bytes = unsafe bytes {
            let buffer = unsafe UnsafeBufferPointer(start: bytes.assumingMemoryBound(to: UInt8.self), count: count)
            unsafe connection.received?(buffer.span)
          } else {
            connection.end(
              count == Int(UV_EOF.rawValue) ? .end : .failed(UVError("read", Int32(truncatingIfNeeded: count))))
          }
        }
      })
  }

  package func pauseReading() { unsafe _ = uv_read_stop(stream) }

  private func end(_ arrival: Arrival) {
    pauseReading()
    guard let ended else { return }
    // Every write that is queued fails too; that is no news.
    if case .failed = arrival { self.ended = nil }
    ended(arrival)
  }

  /// Bytes that are still to go out.
  package var queuedBytes: Int { unsafe Int(uv_stream_get_write_queue_size(stream)) }

  /// Sends `bytes`: at once as far as the socket takes them, the rest as it drains.
  package func write(_ bytes: Span<UInt8>) {
    let sent = queuedBytes == 0 ? tryWrite(bytes) : 0
    if sent < bytes.count { queue(bytes.extracting(sent...)) }
  }

  private func tryWrite(_ bytes: Span<UInt8>) -> Int {
    let sent = unsafe bytes.withUnsafeBufferPointer { source in
      var buffer = unsafe uv_buf_t(source)
      return unsafe uv_try_write(stream, &buffer, 1)
    }
    return max(0, Int(sent))
  }

  private func queue(_ bytes: Span<UInt8>) {
    let write = PendingWrite(bytes)
    let status = unsafe uv_write(write.request, stream, &write.buffer, 1) { request, status in
      guard let request = unsafe request, let stream = unsafe request.pointee.handle else { return }
      unsafe Unmanaged<PendingWrite>.fromOpaque(request.pointee.data).release()
      let raw = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
      unsafe Handle<uv_tcp_t>.called(raw, TCPConnection.self) { connection in
        if status < 0 {
          connection.end(.failed(UVError("write", status)))
        } else if connection.queuedBytes == 0 {
          connection.drained?()
        }
      }
    }
    if status == 0 {
      unsafe write.request.pointee.data = Unmanaged.passRetained(write).toOpaque()
    } else {
      end(.failed(UVError("write", status)))
    }
  }

  /// Tells the peer that nothing more comes, once all is sent; reading goes on.
  package func finishWriting() {
    let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
    let status = unsafe uv_shutdown(request, stream) { request, _ in unsafe request?.deallocate() }
    if status != 0 { unsafe request.deallocate() }
  }

  /// Makes the close of this connection a reset: what is queued is dropped.
  package func abort() {
    var fd: Int32 = -1
    guard unsafe uv_fileno(UnsafeMutableRawPointer(handle.raw).assumingMemoryBound(to: uv_handle_t.self), &fd) == 0
    else { return }
    var linger = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
  }

  /// Lets go of the callbacks, and with them of what they hold.
  package func close() {
    pauseReading()
    received = nil
    ended = nil
    drained = nil
    connected = nil
  }
}

/// A write that libuv has not finished: its request and its own copy of the bytes.
@safe private final class PendingWrite {
  let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
  var buffer: uv_buf_t

  init(_ bytes: Span<UInt8>) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    unsafe bytes.withUnsafeBufferPointer { unsafe _ = copy.initialize(from: $0) }
    unsafe buffer = uv_buf_t(UnsafeBufferPointer(copy))
  }

  deinit {
    unsafe request.deallocate()
    unsafe UnsafeMutableRawPointer(buffer.base)?.deallocate()
  }
}

extension uv_buf_t {
  /// libuv takes the bytes to send as mutable, and only reads them.
  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>) {
    unsafe self = uv_buf_init(
      UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
  }
}
