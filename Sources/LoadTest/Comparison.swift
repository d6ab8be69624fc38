import HTTP

/// Compares the bytes of the two answers of each pair.
package struct Comparison {
  package struct Difference: Sendable, Equatable {
    package struct Body: Sendable, Equatable {
      package let etag: String?
      package let bytes: Int
    }

    package let path: String
    package let old: Body
    package let new: Body
    /// The first byte that is not the same, counted from 0.
    package let offset: Int
  }

  private struct Held {
    let body: [UInt8]
    let etag: String?
  }

  private enum Half {
    case answered(Held)
    /// The first request of the pair has no answer that could be compared.
    case missing
  }

  package private(set) var comparedCount = 0
  package private(set) var differentCount = 0
  /// Pairs of which one body was there, and too much was kept already to keep it.
  package private(set) var uncomparedCount = 0
  /// The first ones.
  package private(set) var differences: [Difference] = []
  private var halves: [Int: Half] = [:]
  private var heldBytes = 0

  /// - Parameter answer: nil: there is none to compare.
  mutating func take(_ answer: Answer?, of slot: Schedule.Slot, path: String) {
    let held = answer.map { Held(body: $0.body, etag: $0.headers["ETag"]) }
    guard let half = halves.removeValue(forKey: slot.number) else { return keep(held, slot.number) }
    guard case .answered(let first) = half else { return }
    heldBytes -= first.body.count
    guard let second = held else { return }
    comparedCount += 1
    guard first.body != second.body else { return }
    differentCount += 1
    guard differences.count < Plan.differencesKept else { return }
    let (old, new) = slot.side == .new ? (first, second) : (second, first)
    differences.append(
      Difference(
        path: path, old: .init(etag: old.etag, bytes: old.body.count),
        new: .init(etag: new.etag, bytes: new.body.count),
        offset: zip(old.body, new.body).enumerated().first { $1.0 != $1.1 }?.offset
          ?? min(old.body.count, new.body.count)))
  }

  private mutating func keep(_ held: Held?, _ number: Int) {
    guard let held else {
      halves[number] = .missing
      return
    }
    guard heldBytes + held.body.count <= Plan.heldBytesMax else {
      uncomparedCount += 1
      halves[number] = .missing
      return
    }
    heldBytes += held.body.count
    halves[number] = .answered(held)
  }
}
