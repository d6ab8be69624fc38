import Synchronization
import Testing

@testable import Observability

@Suite struct ControlCharacterTests {
  /// Some terminals obey U+0080 to U+009F as they obey escape sequences; U+2028 and U+2029 end a line for some viewers.
  @Test("no line of text holds a character that a terminal obeys") func controls() {
    let lines = Mutex<[String]>([])
    let scalars = (0...0x9F).compactMap { Unicode.Scalar($0) } + ["\u{2028}", "\u{2029}"]
    let value = String(String.UnicodeScalarView(scalars))
    for format in Log.Format.allCases {
      Log(level: .debug, format: format) { line in lines.withLock { $0.append(line) } }
        .info("message \(value)", ["key": value])
    }
    let written = lines.withLock { $0 }
    #expect(written.count == 2)
    let text = written[0].unicodeScalars.dropLast()
    #expect(written[0].hasSuffix("\n"))
    let obeyed = text.filter {
      [.control, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
    }
    #expect(obeyed.map(\.value) == [])
  }
}
