/// A word that a rule of VADER asks for by name.
enum Cue: String, CaseIterable, Sendable {
  case ass, at, bad, beating, bomb, bus, but, death, die, doubt, enough, `for`, heart, just, kind, kiss, least, never
  case no, nor, of, or, right, shit, so, sort, stop, the, this, to, very, without, yeah
}

/// A run of cues that the rules treat as one.
struct Phrase: Sendable {
  let cues: [Cue]
  let value: Double

  init(_ cues: Cue..., value: Double) {
    self.cues = cues
    self.value = value
  }

  /// Phrases that have a valence of their own.
  static let idioms = [
    Phrase(.the, .shit, value: 3),
    Phrase(.the, .bomb, value: 3),
    Phrase(.bad, .ass, value: 1.5),
    Phrase(.bus, .stop, value: 0),
    Phrase(.yeah, .right, value: -2),
    Phrase(.kiss, .of, .death, value: -1.5),
    Phrase(.to, .die, .for, value: 3),
    Phrase(.beating, .heart, value: 3.5),
  ]

  /// Phrases that dampen the word after them.
  static let dampeners = [
    Phrase(.just, .enough, value: Modifiers.decrement),
    Phrase(.kind, .of, value: Modifiers.decrement),
    Phrase(.sort, .of, value: Modifiers.decrement),
  ]
}
