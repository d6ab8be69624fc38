import EventLoop
import Glibc

/// Tells on standard error how far a long piece of work is: a bar on a terminal, plain lines elsewhere.
final class ProgressBar {
  private static let barWidth = 30
  private static let terminalMilliseconds: UInt64 = 100
  private static let plainMilliseconds: UInt64 = 5_000

  private let title: String
  private let unit: String
  private var done = 0
  private var total: Int?
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let begun = EventLoop.monotonicNanoseconds
  private var shown: UInt64 = 0

  init(_ title: String, unit: String) {
    self.title = title
    self.unit = unit
  }

  func update(_ done: Int, of total: Int) {
    self.done = done
    self.total = total
    let now = EventLoop.monotonicNanoseconds
    let interval = (isTerminal ? Self.terminalMilliseconds : Self.plainMilliseconds) * 1_000_000
    guard now - shown >= interval else { return }
    shown = now
    show(total, end: "")
  }

  /// Shows the end, if there was anything to show.
  func finish() { if let total { show(total, end: isTerminal ? "\n" : "") } }

  private func show(_ total: Int, end: String) {
    let seconds = Double(EventLoop.monotonicNanoseconds - begun) / 1e9
    let rate = seconds > 0 ? Double(done) / seconds : 0
    let share = total > 0 ? min(1, Double(done) / Double(total)) : 1
    let left = rate > 0 ? Int(Double(max(0, total - done)) / rate) : 0
    let figures =
      "\(Int(share * 100)) %  \(done)/\(total) \(unit)  \(Int(rate))/s  \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
    if isTerminal {
      let filled = Int(share * Double(Self.barWidth))
      let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
      put("\r\(title) [\(bar)] \(figures)\u{1B}[K\(end)")
    } else {
      put("\(title): \(figures)\n")
    }
  }

  private func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in unsafe _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
