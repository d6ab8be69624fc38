import CLibUV
import Glibc

/// Fires at moments of the monotonic clock, to the microsecond; libuv's own timers know only milliseconds.
@safe package final class Alarm {
  private let file: Int32
  private let action: () -> Void
  private var poll: PollHandle?

  package init(on loop: EventLoop, action: @escaping () -> Void) throws(UVError) {
    file = timerfd_create(CLOCK_MONOTONIC, Int32(TFD_NONBLOCK | TFD_CLOEXEC))
    guard file >= 0 else { throw UVError("timerfd_create", -errno) }
    self.action = action
    let poll = try PollHandle(on: loop, socket: file) { [unowned self] _ in fire() }
    self.poll = poll
    poll.watch(.readable)
  }

  deinit {
    poll = nil
    if file >= 0 { close(file) }
  }

  /// Fires once, at `nanoseconds` of `EventLoop.monotonicNanoseconds`; at once if that is over. Forgets what was set.
  package func set(at nanoseconds: UInt64) {
    var time = itimerspec()
    // A time of 0 would switch it off.
    time.it_value.tv_sec = Int(nanoseconds / 1_000_000_000)
    time.it_value.tv_nsec = max(1, Int(nanoseconds % 1_000_000_000))
    unsafe timerfd_settime(file, Int32(TFD_TIMER_ABSTIME), &time, nil)
  }

  private func fire() {
    var count: UInt64 = 0
    guard unsafe read(file, &count, MemoryLayout<UInt64>.size) > 0 else { return }
    action()
  }
}
