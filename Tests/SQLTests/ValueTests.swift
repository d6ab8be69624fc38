import SQL
import Testing

@Suite struct ValueTests {
  @Test("UUIDs are read in either case and printed in lower") func uuid() {
    let text = "61EDF625-bf7c-877f-A1FB-3e98f591c70f"
    #expect(UUIDValue(text)?.description == text.lowercased())
    #expect(UUIDValue(text) == UUIDValue(text.lowercased()))
    #expect(UUIDValue(text.dropFirst(0))?.description == text.lowercased())
  }

  @Test(
    "what is no UUID",
    arguments: [
      "", "61edf625", "61edf625bf7c877fa1fb3e98f591c70f", "{61edf625-bf7c-877f-a1fb-3e98f591c70f}",
      "61edf625-bf7c-877f-a1fb-3e98f591c70", "61edf625-bf7c-877f-a1fb-3e98f591c70fa",
      "61edf625-bf7c-877f-a1fb-3e98f591c70g",
      "61edf625_bf7c_877f_a1fb_3e98f591c70f", "61edf625--f7c-877f-a1fb-3e98f591c70f",
      "61edf6251bf7c-877f-a1fb-3e98f591c70f",
      "６1edf625-bf7c-877f-a1fb-3e98f591c70f", " 61edf625-bf7c-877f-a1fb-3e98f591c70f",
    ])
  func noUUID(_ text: String) { #expect(UUIDValue(text) == nil) }

  @Test("a statement takes its name from its file's header") func header() {
    let text = "-- name: a.b\n-- why: x\nSELECT 1"
    let statement = Statement(file: Array(text.utf8))
    #expect(statement.name == "a.b" && statement.text == text)
  }

  @Test("cells of a result, NULL and empty told apart") func rows() {
    let rows = Rows(
      columns: [.init(name: "a", form: .number), .init(name: "b", form: .text)], bytes: Array("12xyz3".utf8),
      ends: [2, 5, 6, ~6, ~6, 6], affected: 3)
    #expect(rows.count == 3)
    #expect(rows.integer(row: 0, column: 0) == 12 && rows.string(row: 0, column: 1) == "xyz")
    #expect(rows.integer(row: 1, column: 0) == 3 && rows.string(row: 1, column: 1) == nil)
    #expect(rows.isNull(row: 1, column: 1) && rows.isNull(row: 2, column: 0) && !rows.isNull(row: 2, column: 1))
    #expect(rows.string(row: 2, column: 1) == "")
  }

  @Test(
    "which errors may pass, by class",
    arguments: [
      ("57P01", true), ("57P03", true), ("53300", true), ("08006", true), ("57014", false), ("42P01", false),
      ("23505", false),
    ])
  func states(_ code: String, _ isServerTrouble: Bool) {
    #expect(SQLState(code).isServerTrouble == isServerTrouble)
  }

  @Test("messages of errors that speak of values are not told", arguments: ["22P02", "23505", "P0001", "XX000"])
  func messages(_ code: String) { #expect(!SQLState(code).hasHarmlessMessage) }
}
