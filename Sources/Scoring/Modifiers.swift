/// The single words of vaderSentiment 3.3.2 that change the valence of words after them.
enum Modifiers {
  static let increment = 0.293
  static let decrement = -0.293
  /// What capitals add to a word among words without them.
  static let capitals = 0.733
  static let negation = -0.74

  static let boosters: [(boost: Double, words: [Substring])] = [
    (increment, list(strengthening)),
    (decrement, list(dampening)),
  ]

  private static let strengthening = """
    absolutely amazingly awfully completely considerable considerably decidedly deeply effing enormous enormously
    entirely especially exceptional exceptionally extreme extremely fabulously flipping flippin frackin fracking
    fricking frickin frigging friggin fully fuckin fucking fuggin fugging greatly hella highly hugely incredible
    incredibly intensely major majorly more most particularly purely quite really remarkably so substantially
    thoroughly total totally tremendous tremendously uber unbelievably unusually utter utterly very
    """

  private static let dampening = """
    almost barely hardly kinda kindof kind-of less little marginal marginally occasional occasionally partly scarce
    scarcely slight slightly somewhat sorta sortof sort-of
    """

  /// Any word with `n't` in it negates as well.
  static let negations = list(
    """
    aint arent cannot cant couldnt darent despite didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt
    neither never none nope nor not nothing nowhere oughtnt rarely seldom shant shouldnt uhuh uh-uh wasnt werent
    without wont wouldnt
    """)

  private static func list(_ words: String) -> [Substring] {
    words.split { $0 == " " || $0 == "\n" }
  }
}
