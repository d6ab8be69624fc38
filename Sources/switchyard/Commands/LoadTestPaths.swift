import CivilTime
import EventLoop
import HTTP
import JSON
import LoadTest
import Migration

/// What is asked of each service of a migration: every endpoint with every choice, for subjects and ranges of days. Asks
/// the server for its subjects, and for names in paths, and so finds out at once whether it answers.
struct LoadTestPaths {
  /// More combinations than this, and as many are drawn.
  private static let pathsMax = 1_000
  /// Subjects of which paths with a name in them are asked for.
  private static let namedSubjectsMax = 50
  /// Ranges end today; the day is fixed, so that midnight does not part a pair.
  private static let rangeDays = [7, 30, 90, 365]

  private let migration: Migration
  private let target: Target
  private let host: String
  private let fields: String
  private let seed: UInt64
  private let loop: EventLoop

  init(_ migration: Migration, _ target: Target, host: String, fields: String, seed: UInt64, on loop: EventLoop) {
    (self.migration, self.target, self.host) = (migration, target, host)
    (self.fields, self.seed, self.loop) = (fields, seed, loop)
  }

  /// - Parameter subject: its id; nil: all of them.
  func groups(_ services: [String], subject: String?, today: Day) async throws -> [LoadGroup] {
    let bases = try await bases(only: subject)
    try await checkAccess(bases[0] + migration.services[0].endpoints[0].path)
    var random = SeededRandom(seed: seed)
    var groups: [LoadGroup] = []
    for service in migration.services where services.contains(service.name) {
      var questions: [String] = []
      for endpoint in service.endpoints {
        let names = endpoint.parameters.compactMap(Self.segment)
        for base in names.isEmpty ? bases[...] : bases.prefix(Self.namedSubjectsMax) {
          var path = base + endpoint.path
          for name in names {
            let known = try await self.name(name, below: base, today)
            path = path.replacing("{\(name)}", with: Self.encoded(known))
          }
          questions += queries(of: endpoint, today).map { $0.isEmpty ? path : "\(path)?\($0)" }
        }
      }
      let paths =
        questions.count <= Self.pathsMax
        ? questions : (0..<Self.pathsMax).map { _ in questions[random.below(questions.count)] }
      groups.append(LoadGroup(service.name, paths: paths))
    }
    return groups
  }

  private func queries(of endpoint: ServiceEndpoint, _ today: Day) -> [String] {
    (migration.subject.parameters + endpoint.parameters).reduce([""]) { queries, parameter in
      let values: [String] =
        switch parameter {
        case .days: Self.rangeDays.map { "start=\(today - ($0 - 1))&end=\(today)" }
        case .choice(let name, let choices): choices.map { "\(name)=\($0)" }
        case .list, .integer, .segment, .key, .uuid: []
        }
      guard !values.isEmpty else { return queries }
      return queries.flatMap { query in values.map { query.isEmpty ? $0 : "\(query)&\($0)" } }
    }
  }

  /// Where the paths of each subject begin.
  private func bases(only subject: String?) async throws -> [String] {
    let path = migration.subject.path
    guard let idName = migration.subject.idName, let listName = migration.subject.listName else { return [path] }
    let listPath = migration.subject.listPath
    var ids = subject.map { [$0] } ?? []
    if ids.isEmpty {
      let answer = try await ask(listPath, fields: "")
      guard answer.status == 200, let value = try? JSONReader.read(answer.body),
        let known = value[listName]?.array?.compactMap({ $0["id"]?.string })
      else {
        throw LoadTestFailure(
          description: "GET \(listPath) answered \(answer.status): \(target.url) is no Switchyard that is ready; "
            + "see its /readyz, or drive any other server with --path")
      }
      ids = known
    }
    guard !ids.isEmpty else {
      throw LoadTestFailure(description: "\(target.url) has no \(listName); \"switchyard demo\" makes some")
    }
    return ids.map { path.replacing("{\(idName)}", with: $0) }
  }

  private func checkAccess(_ path: String) async throws {
    let answer = try await ask(path, fields: fields)
    switch answer.status {
    case 200: return
    case 401, 403:
      throw LoadTestFailure(
        description: "\(target.url) does not take the admin token: set ADMIN_TOKEN to the server's own")
    case 404:
      throw LoadTestFailure(
        description:
          "\(target.url) does not know that \(migration.subject.noun); GET \(migration.subject.listPath) lists them")
    case 409:
      throw LoadTestFailure(description: "the old table is retired, so there is nothing to compare with")
    default:
      throw LoadTestFailure(
        description: "GET \(path) answered \(answer.status); the server's log tells more")
    }
  }

  private static func segment(_ parameter: Parameter) -> String? {
    switch parameter {
    case .segment(let name), .key(let name), .uuid(let name): name
    case .days, .list, .choice, .integer: nil
    }
  }

  /// The first one that an answer of the widest range names; nobody's, and the answer is empty.
  private func name(_ name: String, below base: String, _ today: Day) async throws -> String {
    let first = today - ((Self.rangeDays.max() ?? 1) - 1)
    for endpoint in migration.services.flatMap(\.endpoints) where !endpoint.path.contains("{") {
      let answer = try await ask("\(base)\(endpoint.path)?start=\(first)&end=\(today)", fields: fields)
      guard answer.status == 200, let body = try? JSONReader.read(answer.body) else { continue }
      for section in endpoint.sections {
        switch body[section.name]?.array?.first?[name] {
        case .string(let known)?, .number(let known)?: return known
        default: break
        }
      }
    }
    return "0"
  }

  private func ask(_ path: String, fields: String) async throws -> Answer {
    do throws(ClientError) {
      return try await ClientConnection.get(
        target.request(path, fields: fields), host: host, port: target.port, on: loop)
    } catch {
      throw LoadTestFailure(
        description: "\(target.url): \(error); start \"switchyard serve\" there, or give --url")
    }
  }

  /// Percent-encoded but for what is never special (RFC 3986 section 2.3).
  static func encoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { encoded, byte in
      let isPlain =
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
      if isPlain {
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        encoded += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
