import Scoring
import Testing

struct SentencesTests {
  @Test(
    "cuts at line ends and after a stop that white space follows",
    arguments: [
      ("", []),
      (" \n\r\n \t", []),
      ("One", ["One"]),
      ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
      ("One\nTwo\r\nThree\rFour", ["One", "Two", "Three", "Four"]),
      ("One\n\n\r\r\nTwo", ["One", "Two"]),
      ("Wait... what?! Yes.", ["Wait...", "what?!", "Yes."]),
      ("3.5 of 5. v1.2", ["3.5 of 5.", "v1.2"]),
      ("Use e.g. Tuck", ["Use e.g.", "Tuck"]),
      ("\"Great!\" she said. (Fine.) Go", ["\"Great!\" she said.", "(Fine.) Go"]),
      ("**Bold.** Next", ["**Bold.** Next"]),
      ("One.\u{A0}Two.\u{2003}Three.\u{3000}Four", ["One.", "Two.", "Three.", "Four"]),
      ("One.\u{85}Two.\u{2028}Three", ["One.", "Two.", "Three"]),
      // No line ends, and without a stop no cut.
      ("One\u{85}Two\u{2028}Three\u{B}Four", ["One\u{85}Two\u{2028}Three\u{B}Four"]),
      // Neither is white space.
      ("One.\u{200B}Two.\u{1F}Three", ["One.\u{200B}Two.\u{1F}Three"]),
      ("One. . Two", ["One.", ".", "Two"]),
      ("One。 Two… Three", ["One。 Two… Three"]),
      ("One.", ["One."]),
      ("One.\n", ["One."]),
      (".\r\n!", [".", "!"]),
      ("\u{A0} One \u{2003}\r\n", ["One"]),
      // A mark after a space belongs to no letter before the cut.
      ("One. \u{301}Two", ["One.", "\u{301}Two"]),
    ])
  func cut(answer: String, expected: [String]) {
    let found = Sentences.cut(answer).map { Array($0.unicodeScalars) }
    #expect(found == expected.map { Array($0.unicodeScalars) })
  }
}
