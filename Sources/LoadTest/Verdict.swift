/// What an interval lets one say.
package enum Verdict: String, Sendable, CaseIterable {
  case faster = "new is faster"
  case slower = "new is slower"
  case same = "no difference"
  case unknown = "too few samples"

  /// - Parameter interval: nil where there were too few pairs for one.
  package init(_ interval: RatioInterval?) {
    guard let interval else {
      self = .unknown
      return
    }
    if interval.high < 1 {
      self = .faster
    } else if interval.low > 1 {
      self = .slower
    } else {
      self = .same
    }
  }
}
