import Foundation
import Rollout
import Testing

@Suite struct DistributionTests {
  /// What chi-squared with 99 degrees of freedom passes with probability 0.0001, on either side (Wilson-Hilferty).
  private static let chiSquaredMax = 160.06
  private static let chiSquaredMin = 54.98

  /// 100 cells of 100 buckets. A sum that is far too small would be a pattern as well.
  @Test(arguments: Keys.services.indices)
  func isUniform(_ service: Int) {
    var cells = [Int](repeating: 0, count: 100)
    for number in Keys.buckets[service] { cells[number / 100] += 1 }
    let expected = Double(Keys.count) / Double(cells.count)
    let chiSquared = cells.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    #expect(chiSquared < Self.chiSquaredMax, "\(Keys.services[service])")
    #expect(chiSquared > Self.chiSquaredMin, "\(Keys.services[service])")
  }

  @Test(arguments: Keys.services.indices)
  func reachesBothEnds(_ service: Int) {
    #expect(Keys.buckets[service].min() == 0)
    #expect(Keys.buckets[service].max() == Bucket.count - 1)
  }

  /// For keys that are independent, r is normal around 0 with deviation 1/sqrt(n); 4.5 deviations are one in 150,000.
  @Test func isIndependentFromServiceToService() {
    let bound = 4.5 / Double(Keys.count).squareRoot()
    for first in Keys.services.indices {
      for second in Keys.services.indices where second > first {
        let r = Self.correlation(Keys.buckets[first], Keys.buckets[second])
        #expect(abs(r) < bound, "\(Keys.services[first]) and \(Keys.services[second])")
      }
    }
  }

  /// Correlation sees straight lines only: so also count who is in two 10 % canaries at once.
  @Test func overlapsAsChanceDoes() {
    for first in Keys.services.indices {
      for second in Keys.services.indices where second > first {
        let both = zip(Keys.buckets[first], Keys.buckets[second]).count { $0 < 1_000 && $1 < 1_000 }
        // Binomial with n = 100,000 and p = 0.01: deviation 31.5.
        #expect((1_000 - 142...1_000 + 142).contains(both), "\(Keys.services[first]), \(Keys.services[second])")
      }
    }
  }

  /// Neighbouring keys do not have neighbouring buckets.
  @Test(arguments: Keys.services.indices)
  func scattersNeighbours(_ service: Int) {
    let numbers = Keys.buckets[service]
    let r = Self.correlation(Array(numbers.dropLast()), Array(numbers.dropFirst()))
    #expect(abs(r) < 4.5 / Double(Keys.count).squareRoot())
  }

  private static func correlation(_ a: [Int], _ b: [Int]) -> Double {
    let n = Double(a.count)
    let (meanA, meanB) = (Double(a.reduce(0, +)) / n, Double(b.reduce(0, +)) / n)
    var (products, squaresA, squaresB) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      let (dx, dy) = (Double(x) - meanA, Double(y) - meanB)
      products += dx * dy
      squaresA += dx * dx
      squaresB += dy * dy
    }
    return products / (squaresA * squaresB).squareRoot()
  }
}
