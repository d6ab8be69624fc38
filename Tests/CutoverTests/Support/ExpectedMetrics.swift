/// The contract's formulas (scoring.md, "Metrics") in exact whole numbers.
enum ExpectedMetrics {
  /// 100 * (0.6 * (1 - (p - 1) / w) + 0.4 * d / (d + 1)), where d = 100 m / w.
  static func visibility(mentions m: Int, first p: Int, words w: Int) -> String {
    // 0.6 * (w - p + 1) / w and 0.4 * 100 m / (100 m + w), over their common denominator.
    hundredths(60 * (w - p + 1) * (100 * m + w) + 40 * 100 * m * w, over: w * (100 * m + w))
  }

  static func share(mentions m: Int, ofAll all: Int) -> String { hundredths(100 * m, over: all) }

  /// Half away from zero; both are positive.
  private static func hundredths(_ numerator: Int, over denominator: Int) -> String {
    let rounded = (2 * 100 * numerator + denominator) / (2 * denominator)
    return "\(rounded / 100).\(rounded % 100 < 10 ? "0" : "")\(rounded % 100)"
  }
}
