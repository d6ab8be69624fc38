import API
import Demo
import FoundationEssentials
import Scoring

/// The files that belong to the program: found from where the program lies, whatever the working directory.
struct ProjectFiles: Sendable {
  private let root: String

  static func find() throws(MissingFiles) -> ProjectFiles {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    var folder = program
    while let slash = folder.lastIndex(of: "/") {
      folder = String(folder[..<slash])
      if FileManager.default.fileExists(atPath: folder + "/openapi.yaml"),
        FileManager.default.fileExists(atPath: folder + "/Public")
      {
        return ProjectFiles(root: folder)
      }
    }
    throw MissingFiles(description: "no folder above \(program) holds openapi.yaml and Public/")
  }

  func sampleAnswers() throws -> SampleAnswers { try SampleAnswers(folder: "\(root)/Data/answers") }

  /// VADER's words, which set-up fetches.
  func lexicon() throws -> Lexicon {
    let folder = "\(root)/.setup/vader/vaderSentiment"
    guard let words = try? String(contentsOfFile: "\(folder)/vader_lexicon.txt", encoding: .utf8),
      let emoji = try? String(contentsOfFile: "\(folder)/emoji_utf8_lexicon.txt", encoding: .utf8)
    else { throw MissingFiles(description: "the sentiment lexicon is not in \(folder); run \"make setup\"") }
    return try Lexicon(words: words, emoji: emoji)
  }

  func staticFiles() throws -> StaticFiles {
    var files = StaticFiles()
    func add(_ path: String, at served: String) throws {
      files.add([UInt8](try Data(contentsOf: URL(filePath: path))), at: served, named: path)
    }
    try add("\(root)/openapi.yaml", at: "/openapi.yaml")
    try add("\(root)/Public/index.html", at: "/")
    try add("\(root)/Public/docs.html", at: "/docs")
    for (folder, prefix) in [("\(root)/Public", "/"), ("\(root)/.setup/vendor", "/vendor/")] {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where !name.hasPrefix(".") {
        try add("\(folder)/\(name)", at: prefix + name)
      }
    }
    return files
  }
}

struct MissingFiles: Error, CustomStringConvertible {
  let description: String
}
