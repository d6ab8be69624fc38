import CivilTime

/// Days that a request asks about, both inclusive.
struct DayRange {
  static let daysMax = 3_660
  private static let daysDefault = 30

  let start: Day
  let end: Day

  /// - Parameters:
  ///   - givenStart: nil: 29 days before the end.
  ///   - givenEnd: nil: today.
  init(start givenStart: Day?, end givenEnd: Day?, today: Day) throws(Problem) {
    end = givenEnd ?? today
    start = givenStart ?? end - (Self.daysDefault - 1)
    guard start <= end else {
      throw .impossible([.init(field: "start", detail: "\(start) is after the end, \(end)")])
    }
    guard end - start < Self.daysMax else {
      throw .impossible([.init(field: "start", detail: "the range is longer than \(Self.daysMax) days")])
    }
    guard start >= .first else {
      throw .impossible([
        .init(field: "end", detail: "leaves less than \(Self.daysDefault) days before it; give start too")
      ])
    }
  }
}
