@testable import QueryAdapter
import Testing

@Suite struct BodyDifferenceTests {
  private static func find(_ old: String, _ new: String) -> [[String?]] {
    BodyDifference.find(old: Array(old.utf8), new: Array(new.utf8)).map { [$0.path, $0.old, $0.new] }
  }

  @Test("each value that differs, by its path")
  func paths() {
    #expect(Self.find(#"{"a":1,"b":[1,2]}"#, #"{"a":2,"b":[1,3]}"#) == [["a", "1", "2"], ["b[1]", "2", "3"]])
    #expect(Self.find(#"{"a":{"b":null}}"#, #"{"a":{"b":"x"}}"#) == [["a.b", "null", "\"x\""]])
    #expect(Self.find(#"{"a":[1]}"#, #"{"a":[1,{"c":true}]}"#) == [["a[1]", nil, #"{"c":true}"#]])
    #expect(Self.find(#"{"a":1,"b":2}"#, #"{"a":1}"#) == [["b", "2", nil]])
    #expect(Self.find(#"{"a":1.0}"#, #"{"a":1.00}"#) == [["a", "1.0", "1.00"]])
  }

  @Test("equal values in other bytes differ as a whole")
  func bytes() {
    #expect(Self.find(#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#) == [["", #"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#]])
    #expect(Self.find("{}", "{ }").count == 1)
    #expect(Self.find("no JSON", "{}") == [["", "no JSON", "{}"]])
  }

  @Test("not more than the first few, and long values are cut")
  func bounds() {
    let old = "[\((0..<100).map(String.init).joined(separator: ","))]"
    let new = "[\((1...100).map(String.init).joined(separator: ","))]"
    #expect(Self.find(old, new).map { $0[0] } == (0..<20).map { "[\($0)]" })
    let long = String(repeating: "x", count: 1_000)
    #expect(Self.find("\"\(long)\"", "1") == [["", "\"\(long.prefix(199))...", "1"]])
  }
}
