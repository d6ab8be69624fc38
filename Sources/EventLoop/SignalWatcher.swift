import CLibUV
import Glibc

/// Calls `action` on the loop each time the process gets a signal.
@safe package final class SignalWatcher {
  private let handle: Handle<uv_signal_t>
  private let action: () -> Void

  package init(on loop: EventLoop, signal: Int32, action: @escaping () -> Void) throws(UVError) {
    precondition(loop.isCurrent)
    unsafe handle = unsafe try Handle("uv_signal_init") { unsafe uv_signal_init(loop.executor.loop, $0) }
    self.action = action
    unsafe handle.belongs(to: self)
    try UVError.check(
      "uv_signal_start",
      unsafe uv_signal_start(
        handle.raw, { raw, _ in unsafe Handle<uv_signal_t>.called(raw, SignalWatcher.self) { $0.action() } }, signal))
  }

  deinit { unsafe handle.close() }
}
