import Scoring
import Testing

struct LexiconTests {
  @Test("reads the first two fields of a line; of two equal words the last counts")
  func words() throws {
    let lexicon = try Lexicon(words: "good\t1.9\t0.9\t[2, 1]\r\n\n bad\t-2.5 \r\ngood\t2.5\n\n", emoji: "")
    // 2.5 / √(2.5² + 15) and its opposite.
    #expect(lexicon.compound(of: "good").tenThousandths == 5423)
    #expect(lexicon.compound(of: "bad").tenThousandths == -5423)
  }

  @Test("an emoji reads as its description, set off from what stands before it")
  func emoji() throws {
    let lexicon = try Lexicon(words: "grinning\t2.5", emoji: "😀\tgrinning face\r\n")
    #expect(lexicon.compound(of: "a😀").tenThousandths == 5423)
    #expect(lexicon.compound(of: "😀 a").tenThousandths == 5423)
  }

  @Test("an emoji of several code points is never found, as in the reference")
  func longEmoji() throws {
    let lexicon = try Lexicon(words: "helmet\t2.5\nflag\t2.5", emoji: "⛑\thelmet\n⛑️\tcap\n🇨🇭\tflag")
    #expect(lexicon.compound(of: "⛑️").tenThousandths == 0)
    #expect(lexicon.compound(of: "⛑ b").tenThousandths == 5423)
    #expect(lexicon.compound(of: "🇨🇭").tenThousandths == 0)
  }

  @Test(
    "says which line it cannot read",
    arguments: [
      ("good\t1.9\nbad", "", LexiconError(file: .words, line: 2)),
      ("good\t1.9\r\n\r\nbad\t1", "", LexiconError(file: .words, line: 2)),
      ("good\tvery", "", LexiconError(file: .words, line: 1)),
      ("", "😀\tface\n\n😁", LexiconError(file: .emoji, line: 3)),
    ])
  func unreadable(words: String, emoji: String, error: LexiconError) {
    #expect(throws: error) { try Lexicon(words: words, emoji: emoji) }
  }
}
