import Foundation

/// The repository, read as text.
enum Tree {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  struct File {
    /// For example `Sources/HTTP/Limits.swift`.
    let path: String
    let text: String

    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }

    /// The folder below `Sources`.
    var module: String { String(path.split(separator: "/")[1]) }
  }

  static func read(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func files(under folder: String, ending suffix: String) throws -> [File] {
    let base = root.appending(path: folder)
    let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(suffix) }.sorted().map {
      File(path: "\(folder)/\($0)", text: try read("\(folder)/\($0)"))
    }
  }
}

/// What `Package.swift` says of each module.
enum Manifest {
  /// Module to the modules it may import.
  static func dependencies() throws -> [String: Set<String>] {
    let text = try Tree.read("Package.swift")
    guard let begin = text.range(of: "let modules"), let end = text.range(of: "let testModules") else { return [:] }
    let declarations = text[begin.upperBound..<end.lowerBound]
    var modules: [String: Set<String>] = [:]
    for match in declarations.matches(
      of: /(?:module\(|executableTarget\()\s*(?:name: )?"(\w+)"(?:,\s*(?:on|dependencies): \[([^\]]*)\])?/)
    {
      modules[String(match.1)] = Set((match.2 ?? "").matches(of: /"(\w+)"/).map { String($0.1) })
    }
    for match in declarations.matches(of: /systemLibrary\(name: "(\w+)"/) { modules[String(match.1)] = [] }
    return modules
  }
}
