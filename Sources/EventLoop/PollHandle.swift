import CLibUV

/// Tells when a socket that somebody else owns can be read or written.
///
/// Release it before the socket is closed.
@safe package final class PollHandle {
  package struct Events: OptionSet, Sendable {
    package let rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package static let readable = Events(rawValue: Int32(UV_READABLE.rawValue))
    package static let writable = Events(rawValue: Int32(UV_WRITABLE.rawValue))
  }

  private let handle: Handle<uv_poll_t>
  private let action: (Events) -> Void

  /// - Parameter action: called with what is possible now; an error on the socket counts as both.
  package init(on loop: EventLoop, socket: Int32, action: @escaping (Events) -> Void) throws(UVError) {
    precondition(loop.isCurrent)
    unsafe handle = unsafe try Handle("uv_poll_init") { unsafe uv_poll_init(loop.executor.loop, $0, socket) }
    self.action = action
    unsafe handle.belongs(to: self)
  }

  deinit { unsafe handle.close() }

  /// Watches for `events` from now on, instead of what was watched before.
  package func watch(_ events: Events) {
    unsafe uv_poll_start(handle.raw, events.rawValue) { raw, status, events in
      unsafe Handle<uv_poll_t>.called(raw, PollHandle.self) {
        $0.action(status < 0 ? [.readable, .writable] : Events(rawValue: events))
      }
    }
  }

  package func stop() { unsafe _ = uv_poll_stop(handle.raw) }
}
