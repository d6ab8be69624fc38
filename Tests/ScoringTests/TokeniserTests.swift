import Scoring
import Testing

struct TokeniserTests {
  @Test(
    "tokens are runs of letters, marks and decimal digits",
    arguments: [
      ("", []),
      (" \r\n –—…", []),
      ("Bramble & Oake", ["bramble", "oake"]),
      ("Bramble &amp; Oake", ["bramble", "amp", "oake"]),
      ("quillet.pad", ["quillet", "pad"]),
      ("Oakline 360", ["oakline", "360"]),
      ("Vault19", ["vault19"]),
      ("snake_case e-mail", ["snake", "case", "e", "mail"]),
      ("3.5/5", ["3", "5", "5"]),
      // Decimal digits of any script, but no other numbers.
      ("٣४ x² ½ Ⅷ ①", ["٣४", "x"]),
      ("Käuzli", ["käuzli"]),
      ("Ka\u{308}uzli", ["käuzli"]),
      ("BØKKO", ["bøkko"]),
      ("中文字 かな", ["中文字", "かな"]),
      // A mark alone is a token; so is the selector in an emoji.
      ("\u{301} ❤\u{FE0F}", ["\u{301}", "\u{FE0F}"]),
      // Composed, these are signs and letters no more.
      ("a<\u{338}b", ["a", "b"]),
      ("5 \u{212B}", ["5", "å"]),
    ])
  func runs(text: String, expected: [String]) {
    #expect(Tokeniser.tokens(of: text) == expected)
  }

  @Test(
    "one apostrophe between two of those stays inside",
    arguments: [
      ("Odalie's", ["odalie's"]),
      ("Odalie’s", ["odalie's"]),
      ("ODALIE’S", ["odalie's"]),
      ("Odalie´s Odalie`s Odalie‘s", ["odalie", "s", "odalie", "s", "odalie", "s"]),
      ("Odalie''s", ["odalie", "s"]),
      ("Odalie'’s", ["odalie", "s"]),
      ("'Odalie' s'", ["odalie", "s"]),
      ("rock'n'roll's", ["rock'n'roll's"]),
      ("'", []),
      ("a'", ["a"]),
      ("90's '90s", ["90's", "90s"]),
      ("a'\u{301}b", ["a'\u{301}b"]),
    ])
  func apostrophes(text: String, expected: [String]) {
    #expect(Tokeniser.tokens(of: text) == expected)
  }

  @Test(
    "spellings that fold alike are equal",
    arguments: [
      ("Straße", "STRASSE"), ("GROẞ", "gross"), ("ΟΔΟΣ", "οδος"), ("ﬁn", "FIN"), ("ŉ", "ʼN"), ("ꭰᏸ", "ᎠᏰ"),
      ("ǰ", "J\u{30C}"), ("ᾳ", "ΑΙ"), ("\u{212A}", "k"), ("ſ", "S"), ("µ", "Μ"), ("ǅ", "ǆ"), ("İ", "i\u{307}"),
      ("q\u{323}\u{307}", "Q\u{307}\u{323}"), ("\u{1F0}\u{323}", "J\u{323}\u{30C}"),
    ])
  func equal(a: String, b: String) {
    #expect(scalars(a) == scalars(b))
  }

  @Test(
    "spellings that only look or sort alike are not",
    arguments: [("ı", "i"), ("İ", "i"), ("ä", "a"), ("ø", "o"), ("Æ", "ae")])
  func different(a: String, b: String) {
    #expect(scalars(a) != scalars(b))
  }

  private func scalars(_ text: String) -> [[Unicode.Scalar]] {
    Tokeniser.tokens(of: text).map { Array($0.unicodeScalars) }
  }
}
