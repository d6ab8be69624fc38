import HTTP

/// How long an answer took.
struct Stopwatch {
  private let begun = ContinuousClock.now

  var nanoseconds: Int {
    let (seconds, attoseconds) = (ContinuousClock.now - begun).components
    return Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
  }

  var milliseconds: Int { Int((ContinuousClock.now - begun) / .milliseconds(1)) }

  /// Server-Timing (W3C): milliseconds with two decimals.
  var serverTiming: FieldValue {
    let hundredths = Int((ContinuousClock.now - begun) / .microseconds(10))
    let fraction = hundredths % 100
    let text = "total;dur=\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    guard let value = FieldValue(text) else { preconditionFailure("digits make a field value") }
    return value
  }
}
