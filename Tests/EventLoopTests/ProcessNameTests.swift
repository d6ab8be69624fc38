import EventLoop
import Foundation
import Testing

@Suite struct ProcessNameTests {
  @Test("this process has not ended, and its name can be written and read")
  func current() throws {
    let name = ProcessName.current
    #expect(!name.hasEnded)
    #expect(ProcessName(name.description) == name)
  }

  @Test("a process of this machine that has ended is known to have")
  func ended() throws {
    let child = Process()
    child.executableURL = URL(filePath: "/bin/sleep")
    child.arguments = ["60"]
    try child.run()
    let parts = ProcessName.current.description.split(separator: "/")
    let stat = try String(contentsOfFile: "/proc/\(child.processIdentifier)/stat", encoding: .utf8)
    let began = stat[stat.lastIndex(of: ")")!...].split(separator: " ")[20]
    let name = try #require(ProcessName("\(parts[0])/\(child.processIdentifier)/\(began)"))
    #expect(!name.hasEnded)
    let another = try #require(ProcessName("\(parts[0])/\(child.processIdentifier)/1"))
    #expect(another.hasEnded, "another process had this id")
    child.terminate()
    child.waitUntilExit()
    #expect(name.hasEnded)
  }

  @Test("of other machines nothing is known")
  func elsewhere() throws {
    #expect(try #require(ProcessName("elsewhere/1/1")).hasEnded == false)
    for text in ["", "a", "a/b/c", "a/1", "a/1/2/3"] { #expect(ProcessName(text) == nil, "\(text)") }
  }
}
