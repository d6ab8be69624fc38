import Testing

@testable import Cutover

@Suite struct ThrottleTests {
  private static func holds(_ throttle: inout Throttle, lag: Int = 0, failing: Bool = false, foreground: Int? = nil)
    -> Bool
  {
    !throttle.holds(
      Throttle.Signals(
        replicaLagMilliseconds: lag, isArchiverFailing: failing, foregroundMilliseconds: foreground)
    ).isEmpty
  }

  @Test("it holds above one mark and goes on below another")
  func hysteresis() {
    var throttle = Throttle()
    #expect(!Self.holds(&throttle, lag: 0))
    #expect(!Self.holds(&throttle, lag: 2_000))
    #expect(Self.holds(&throttle, lag: 2_001))
    #expect(Self.holds(&throttle, lag: 1_000), "still above the lower mark")
    #expect(!Self.holds(&throttle, lag: 500))
    #expect(!Self.holds(&throttle, lag: 1_000), "below the upper mark again")
  }

  @Test("it holds while requests take twice as long as at first, and not for quick ones")
  func foreground() {
    var throttle = Throttle()
    #expect(!Self.holds(&throttle, foreground: 30))
    #expect(!Self.holds(&throttle, foreground: 60))
    #expect(Self.holds(&throttle, foreground: 61))
    #expect(Self.holds(&throttle, foreground: 50))
    #expect(!Self.holds(&throttle, foreground: 45))
    var quick = Throttle()
    #expect(!Self.holds(&quick, foreground: 1))
    #expect(!Self.holds(&quick, foreground: 20), "20 times slower, and quick all the same")
    #expect(Self.holds(&quick, foreground: 21))
    #expect(!Self.holds(&quick, foreground: nil), "no requests")
  }

  @Test("it holds while WAL cannot be archived")
  func archiver() {
    var throttle = Throttle()
    #expect(Self.holds(&throttle, failing: true))
    #expect(!Self.holds(&throttle))
  }

  @Test("lag that our role may not read is estimated from slots, in bytes, and reported")
  func unreadable() {
    func signals(_ megabytes: Int?) -> Throttle.Signals {
      Throttle.Signals(replicaLagMilliseconds: nil, slotLagBytes: megabytes.map { $0 << 20 }, replicas: 1)
    }
    var throttle = Throttle()
    #expect(throttle.unreadable == nil)
    #expect(throttle.holds(signals(128)).isEmpty)
    #expect(throttle.unreadable?.contains("pg_monitor") == true)
    #expect(throttle.holds(signals(129)).first?.contains("129 MB") == true)
    #expect(!throttle.holds(signals(33)).isEmpty)
    #expect(throttle.holds(signals(32)).isEmpty)
    #expect(throttle.holds(signals(nil)).isEmpty)
    #expect(throttle.unreadable?.contains("no slot") == true)
  }

  @Test("it says which signal, how far it is, and where it goes on")
  func causes() {
    var throttle = Throttle()
    let causes = throttle.holds(
      Throttle.Signals(replicaLagMilliseconds: 2_500, isArchiverFailing: true, foregroundMilliseconds: nil))
    #expect(causes.count == 2)
    #expect(causes[0].contains("2500 ms") && causes[0].contains("500 ms"))
    #expect(causes[1].contains("pg_stat_archiver"))
  }
}
