import CLibUV

/// A timer of one loop. Stops when it is released.
@safe package final class LoopTimer {
  private let handle: Handle<uv_timer_t>
  private let action: () -> Void

  package init(on loop: EventLoop, action: @escaping () -> Void) {
    precondition(loop.isCurrent)
    unsafe handle = unsafe Handle { unsafe _ = uv_timer_init(loop.executor.loop, $0) }
    self.action = action
    unsafe handle.belongs(to: self)
  }

  deinit { unsafe handle.close() }

  /// (Re)starts the timer; it fires once, or again and again where `repeatMilliseconds` is not 0.
  package func start(afterMilliseconds delay: Int, repeatMilliseconds: Int = 0) {
    unsafe uv_update_time(handle.raw.pointee.loop)
    unsafe uv_timer_start(
      handle.raw, { unsafe Handle<uv_timer_t>.called($0, LoopTimer.self) { $0.action() } },
      UInt64(max(0, delay)), UInt64(max(0, repeatMilliseconds)))
  }

  package func stop() { unsafe _ = uv_timer_stop(handle.raw) }
}
