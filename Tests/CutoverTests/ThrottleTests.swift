import Testing

@testable import Cutover

@Suite struct ThrottleTests {
  private static func rests(_ throttle: inout Throttle, lag: Int = 0, failing: Bool = false, foreground: Int? = nil)
    -> Bool
  {
    throttle.rest(
      Throttle.Signals(
        replicaLagMilliseconds: lag, isArchiverFailing: failing, foregroundMilliseconds: foreground)) > 0
  }

  @Test("it stops above one mark and goes on below another")
  func hysteresis() {
    var throttle = Throttle()
    #expect(!Self.rests(&throttle, lag: 0))
    #expect(!Self.rests(&throttle, lag: 2_000))
    #expect(Self.rests(&throttle, lag: 2_001))
    #expect(Self.rests(&throttle, lag: 1_000), "still above the lower mark")
    #expect(!Self.rests(&throttle, lag: 500))
    #expect(!Self.rests(&throttle, lag: 1_000), "below the upper mark again")
  }

  @Test("it rests while requests take twice as long as at first, and not for quick ones")
  func foreground() {
    var throttle = Throttle()
    #expect(!Self.rests(&throttle, foreground: 30))
    #expect(!Self.rests(&throttle, foreground: 60))
    #expect(Self.rests(&throttle, foreground: 61))
    #expect(Self.rests(&throttle, foreground: 50))
    #expect(!Self.rests(&throttle, foreground: 45))
    var quick = Throttle()
    #expect(!Self.rests(&quick, foreground: 1))
    #expect(!Self.rests(&quick, foreground: 20), "20 times slower, and quick all the same")
    #expect(Self.rests(&quick, foreground: 21))
    #expect(!Self.rests(&quick, foreground: nil), "no requests")
  }

  @Test("it rests while WAL cannot be archived")
  func archiver() {
    var throttle = Throttle()
    #expect(Self.rests(&throttle, failing: true))
    #expect(!Self.rests(&throttle))
  }
}
