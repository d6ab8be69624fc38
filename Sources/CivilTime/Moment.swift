import Glibc

/// A moment in UTC, to the millisecond.
package struct Moment: Sendable, Hashable, CustomStringConvertible {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  package let milliseconds: Int

  package init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// By the wall clock.
  package static var now: Moment {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Moment(milliseconds: time.tv_sec * 1_000 + time.tv_nsec / 1_000_000)
  }

  /// Whole seconds since 1970.
  package var unixSeconds: Int { (milliseconds - (milliseconds % 1_000 + 1_000) % 1_000) / 1_000 }

  package var day: Day { Day(unixSeconds: unixSeconds) }

  /// RFC 3339, for example `2026-08-29T12:00:00.123Z`.
  package var description: String {
    let ofDay = milliseconds - day.number * 86_400_000
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let time = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1_000 % 60].map { padded($0, 2) }
    return "\(day)T\(time.joined(separator: ":")).\(padded(ofDay % 1_000, 3))Z"
  }
}
