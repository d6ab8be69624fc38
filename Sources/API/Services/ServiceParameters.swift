import CivilTime
import HTTP
import Migration
import QueryAdapter
import SQL

/// The parameters that the services of brands have in common.
struct ServiceParameters: Equatable {
  static let daysMax = 3_660
  private static let daysDefault = 30

  let brand: UUIDValue
  let start: Day
  let end: Day
  /// nil: all.
  let collectors: [String]?

  /// - Parameters:
  ///   - today: the UTC day.
  ///   - others: what is malformed in other parameters, to be told at once.
  init(_ request: Request, brand: String, today: Day, others: [Problem.Field] = []) throws(Problem) {
    var malformed: [Problem.Field] = []
    let id = UUIDValue(brand)
    if id == nil { malformed.append(.init(field: "brand_id", detail: "must be a UUID")) }

    func single(_ name: String) -> String? {
      let values = request.query.values(name)
      guard values.count > 1 else { return values.first }
      malformed.append(.init(field: name, detail: "is given twice"))
      return nil
    }
    func day(_ name: String) -> Day? {
      guard let text = single(name) else { return nil }
      guard let day = Day(text) else {
        malformed.append(.init(field: name, detail: "must be a date, YYYY-MM-DD"))
        return nil
      }
      return day
    }
    let givenStart = day("start")
    let givenEnd = day("end")
    let items = single("collectors").map(Self.items)
    if items?.contains("") == true {
      malformed.append(.init(field: "collectors", detail: "has an empty item"))
    }
    malformed += others
    guard malformed.isEmpty, let id else { throw .malformed(malformed) }

    end = givenEnd ?? today
    start = givenStart ?? end - (Self.daysDefault - 1)
    collectors = items
    self.brand = id
    guard start <= end else {
      throw .impossible([.init(field: "start", detail: "\(start) is after the end, \(end)")])
    }
    guard end - start < Self.daysMax else {
      throw .impossible([.init(field: "start", detail: "the range is longer than \(Self.daysMax) days")])
    }
    guard start >= .first else {
      throw .impossible([
        .init(field: "end", detail: "leaves no room for \(Self.daysDefault) days before it; give start too")
      ])
    }
  }

  /// Each once, in the order asked. By bytes: Swift takes the two ways to write é for equal, PostgreSQL does not.
  private static func items(_ list: String) -> [String] {
    var known: Set<[UInt8]> = []
    return list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
      .filter { known.insert(Array($0)).inserted }
      .map { String(Substring($0)) }
  }

  func binds(argument: String?) -> [Bind] {
    [.uuid(brand), .day(start), .day(end), .array(collectors)] + (argument.map { [.text($0)] } ?? [])
  }

  func echo(_ argument: Question.Echo?) -> [Question.Echo] {
    [.text("start", start.description), .text("end", end.description), .list("collectors", collectors)]
      + (argument.map { [$0] } ?? [])
  }
}
