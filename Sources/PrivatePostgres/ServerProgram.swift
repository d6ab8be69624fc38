import FoundationEssentials

/// Where a PostgreSQL server has its programs.
struct ServerProgram {
  static let versionMin = 15
  private static let packagesFolder = "/usr/lib/postgresql"

  let folder: String

  /// Of those that the system's packages have installed.
  static func newest() throws(PrivatePostgresError) -> ServerProgram {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: packagesFolder)) ?? []
    let versions = names.compactMap { Int($0) }.filter {
      $0 >= versionMin && FileManager.default.isExecutableFile(atPath: "\(packagesFolder)/\($0)/bin/initdb")
    }
    guard let newest = versions.max() else { throw .noProgram }
    return ServerProgram(folder: "\(packagesFolder)/\(newest)/bin")
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }
}
