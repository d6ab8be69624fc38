import CivilTime
import HTTP
import Migration
import QueryAdapter
import SQL

/// What a request to a service gives: about what it asks, and the values of the parameters.
struct ServiceParameters {
  /// The subject's id.
  let subject: String
  /// `$1` … of the endpoint's statements.
  let binds: [Bind]
  let echo: [Question.Echo]

  private enum Value {
    case days(start: Day?, end: Day?)
    case list(String, [String]?)
    case text(String, String)
    case integer(String, Int, in: ClosedRange<Int>)
    case key(String, Int)
  }

  /// - Parameters:
  ///   - parameters: in the order of the binds.
  ///   - today: the UTC day.
  init(
    _ request: Request, _ values: PathValues, of subject: Subject, _ parameters: [Parameter], today: Day
  ) throws(Problem) {
    var reader = Reader(query: request.query, path: values)
    let id = reader.id(of: subject)
    let given = parameters.compactMap { reader.value(of: $0) }
    guard reader.malformed.isEmpty else { throw .malformed(reader.malformed) }

    var binds = subject.binds(id: id)
    var echo: [Question.Echo] = []
    for value in given {
      switch value {
      case .days(let start, let end):
        let range = try DayRange(start: start, end: end, today: today)
        binds += [.day(range.start), .day(range.end)]
        echo += [.text("start", range.start.description), .text("end", range.end.description)]
      case .list(let name, let items):
        binds.append(.array(items))
        echo.append(.list(name, items))
      case .text(let name, let text):
        binds.append(.text(text))
        echo.append(.text(name, text))
      case .integer(let name, let number, let range):
        guard range.contains(number) else {
          throw .impossible([
            .init(field: name, detail: "must be from \(range.lowerBound) to \(range.upperBound)")
          ])
        }
        binds.append(.integer(number))
        echo.append(.integer(name, number))
      case .key(let name, let number):
        binds.append(.integer(number))
        echo.append(.integer(name, number))
      }
    }
    (self.subject, self.binds, self.echo) = (id, binds, echo)
  }

  /// Takes what is well formed, and notes what is not.
  private struct Reader {
    let query: Query
    let path: PathValues
    private(set) var malformed: [Problem.Field] = []

    init(query: Query, path: PathValues) { (self.query, self.path) = (query, path) }

    mutating func id(of subject: Subject) -> String {
      guard let name = subject.idName else { return subject.noun }
      guard let id = UUIDValue(path[name]) else {
        malformed.append(.init(field: name, detail: "must be a UUID"))
        return ""
      }
      return id.description
    }

    mutating func value(of parameter: Parameter) -> Value? {
      switch parameter {
      case .days: return .days(start: day("start"), end: day("end"))
      case .list(let name):
        let items = single(name).map(Self.items)
        if items?.contains("") == true { malformed.append(.init(field: name, detail: "has an empty item")) }
        return .list(name, items)
      case .choice(let name, let choices):
        guard query.values(name).count <= 1 else {
          _ = single(name)
          return nil
        }
        let value = query.values(name).first ?? choices[0]
        guard choices.contains(value) else {
          malformed.append(.init(field: name, detail: "must be one of \(choices.joined(separator: ", "))"))
          return nil
        }
        return .text(name, value)
      case .integer(let name, let range, let standard):
        guard let text = single(name) else { return .integer(name, standard, in: range) }
        guard let number = Int(text) else {
          malformed.append(.init(field: name, detail: "must be a whole number"))
          return nil
        }
        return .integer(name, number, in: range)
      case .segment(let name): return .text(name, path[name])
      case .uuid(let name):
        guard let id = UUIDValue(path[name]) else {
          malformed.append(.init(field: name, detail: "must be a UUID"))
          return nil
        }
        return .text(name, id.description)
      case .key(let name):
        guard let number = Int(path[name]) else {
          malformed.append(.init(field: name, detail: "must be a whole number"))
          return nil
        }
        return .key(name, number)
      }
    }

    private mutating func single(_ name: String) -> String? {
      let values = query.values(name)
      guard values.count > 1 else { return values.first }
      malformed.append(.init(field: name, detail: "is given twice"))
      return nil
    }

    private mutating func day(_ name: String) -> Day? {
      guard let text = single(name) else { return nil }
      guard let day = Day(text) else {
        malformed.append(.init(field: name, detail: "must be a date, YYYY-MM-DD"))
        return nil
      }
      return day
    }

    /// Each once, in the order asked. By bytes: Swift takes the two ways to write é for equal, PostgreSQL does not.
    private static func items(_ list: String) -> [String] {
      var known: Set<[UInt8]> = []
      return list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        .filter { known.insert(Array($0)).inserted }
        .map { String(Substring($0)) }
    }
  }
}
