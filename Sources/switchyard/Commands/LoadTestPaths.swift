import Catalog
import CivilTime
import EventLoop
import HTTP
import JSON
import LoadTest
import Migration

/// What is asked of each service: every endpoint with every choice, for brands and ranges of days. Asks the server for
/// its brands, and for a competitor of each, and so finds out at once whether it answers.
struct LoadTestPaths {
  /// More combinations than this, and as many are drawn.
  private static let pathsMax = 1_000
  /// Brands of which competitors are asked for.
  private static let competitorBrandsMax = 50
  /// Ranges end today; the day is fixed, so that midnight does not part a pair.
  private static let rangeDays = [7, 30, 90, 365]

  private let target: Target
  private let host: String
  private let fields: String
  private let seed: UInt64
  private let loop: EventLoop

  init(_ target: Target, host: String, fields: String, seed: UInt64, on loop: EventLoop) {
    (self.target, self.host, self.fields, self.seed, self.loop) = (target, host, fields, seed, loop)
  }

  func groups(_ services: [String], brand: String?, today: Day) async throws -> [LoadGroup] {
    let brands = try await self.brands(only: brand)
    try await checkAccess("/api/brands/\(brands[0])\(Catalog.services[0].endpoints[0].path)")
    var random = SeededRandom(seed: seed)
    var groups: [LoadGroup] = []
    for service in Catalog.services where services.contains(service.name) {
      var questions: [(brand: String, rest: String)] = []
      for endpoint in service.endpoints {
        for brand in brands.prefix(hasSegment(endpoint) ? Self.competitorBrandsMax : brands.count) {
          for (path, choice) in try await variants(endpoint, of: brand, today) {
            questions += Self.rangeDays.map { days in
              (brand, "\(path)?start=\(today - (days - 1))&end=\(today)\(choice)")
            }
          }
        }
      }
      let paths =
        questions.count <= Self.pathsMax
        ? questions : (0..<Self.pathsMax).map { _ in questions[random.below(questions.count)] }
      groups.append(LoadGroup(service.name, paths: paths.map { "/api/brands/\($0.brand)\($0.rest)" }))
    }
    return groups
  }

  private func hasSegment(_ endpoint: ServiceEndpoint) -> Bool {
    endpoint.parameters.contains { if case .segment = $0 { true } else { false } }
  }

  /// The paths of an endpoint below a brand, each with what its query has besides the range.
  private func variants(
    _ endpoint: ServiceEndpoint, of brand: String, _ today: Day
  ) async throws -> [(path: String, choice: String)] {
    var variants = [(path: endpoint.path, choice: "")]
    for parameter in endpoint.parameters {
      switch parameter {
      case .choice(let name, let choices):
        variants = variants.flatMap { variant in choices.map { (variant.path, "\(variant.choice)&\(name)=\($0)") } }
      case .segment(let name):
        let competitor = Self.encoded(try await competitor(of: brand, today))
        variants = variants.map { ($0.path.replacing("{\(name)}", with: competitor), $0.choice) }
      case .days, .list, .integer: continue
      }
    }
    return variants
  }

  private func brands(only brand: String?) async throws -> [String] {
    if let brand { return [brand] }
    let answer = try await ask("/api/brands", fields: "")
    guard answer.status == 200, let value = try? JSONReader.read(answer.body),
      let brands = value["brands"]?.array?.compactMap({ $0["id"]?.string })
    else {
      throw LoadTestFailure(
        description: "GET /api/brands answered \(answer.status): \(target.url) is no Switchyard that is ready; "
          + "see its /readyz, or drive any other server with --path")
    }
    guard !brands.isEmpty else {
      throw LoadTestFailure(description: "\(target.url) has no brands; \"switchyard demo\" makes some")
    }
    return brands
  }

  private func checkAccess(_ path: String) async throws {
    let answer = try await ask(path, fields: fields)
    switch answer.status {
    case 200: return
    case 401, 403:
      throw LoadTestFailure(
        description: "\(target.url) does not take the admin token: set ADMIN_TOKEN to the server's own")
    case 404: throw LoadTestFailure(description: "\(target.url) does not know that brand; GET /api/brands lists them")
    case 409:
      throw LoadTestFailure(description: "the old table is retired, so there is nothing to compare with")
    default:
      throw LoadTestFailure(
        description: "GET \(path) answered \(answer.status); the server's log tells more")
    }
  }

  /// The first one that the brand's answer of the widest range names; one that nobody knows gives no points.
  private func competitor(of brand: String, _ today: Day) async throws -> String {
    let first = today - ((Self.rangeDays.max() ?? 1) - 1)
    let answer = try await ask("/api/brands/\(brand)/competitors?start=\(first)&end=\(today)", fields: fields)
    let value = answer.status == 200 ? try? JSONReader.read(answer.body) : nil
    return value?["competitors"]?.array?.first?["competitor_name"]?.string ?? "nobody"
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
