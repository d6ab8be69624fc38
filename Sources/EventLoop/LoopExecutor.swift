import CLibUV
import Synchronization

/// Runs Swift jobs on one libuv loop, on the thread that runs it.
///
/// `@unchecked Sendable`: `ready` and `tickDepth` are touched only on the loop's thread, which `enqueue` and
/// `tick` check; everything else is immutable, atomic or behind the mutex.
@safe final class LoopExecutor: SerialExecutor, @unchecked Sendable {
  /// Jobs run between two looks at the sockets, so that jobs which make jobs cannot starve I/O.
  static let jobsPerTickMax = 1024

  let loop: UnsafeMutablePointer<uv_loop_t>
  private let wakeup: UnsafeMutablePointer<uv_async_t>
  private let thread = Atomic<UInt>(0)
  private let inbox = Mutex<[UnownedJob]>([])
  private var ready: [UnownedJob] = []
  private var tickDepth = 0

  init() throws(UVError) {
    unsafe loop = .allocate(capacity: 1)
    unsafe wakeup = .allocate(capacity: 1)
    try UVError.check("uv_loop_init", unsafe uv_loop_init(loop))
    try UVError.check(
      "uv_async_init",
      unsafe uv_async_init(loop, wakeup) { handle in
        guard let loop = unsafe handle?.pointee.loop else { return }
        unsafe LoopExecutor.of(loop).receive()
      })
    unsafe loop.pointee.data = Unmanaged.passUnretained(self).toOpaque()
  }

  /// The executor that runs `loop`.
  static func of(_ loop: UnsafeMutablePointer<uv_loop_t>) -> LoopExecutor {
    unsafe Unmanaged<LoopExecutor>.fromOpaque(loop.pointee.data).takeUnretainedValue()
  }

  var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(uv_thread_self()) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    if isCurrent {
      ready.append(job)
      if tickDepth == 0 { wake() }
    } else {
      inbox.withLock { $0.append(job) }
      wake()
    }
  }

  func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

  func checkIsolated() { precondition(isCurrent, "not on the loop's thread") }

  func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Runs `body`, which a libuv callback calls, and then the jobs that it made ready.
  func tick(_ body: () -> Void) {
    assert(isCurrent)
    tickDepth += 1
    body()
    if tickDepth == 1 { drain() }
    tickDepth -= 1
  }

  /// Runs the loop on this thread until `stop`.
  func run() {
    thread.store(UInt(uv_thread_self()), ordering: .releasing)
    receive()
    unsafe uv_run(loop, UV_RUN_DEFAULT)
  }

  func stop() {
    assert(isCurrent)
    unsafe uv_stop(loop)
  }

  /// Closes the loop after `run` has returned and everything made on it is gone. False: a handle leaked.
  func close() -> Bool {
    assert(isCurrent)
    unsafe uv_close(UnsafeMutableRawPointer(wakeup).assumingMemoryBound(to: uv_handle_t.self), nil)
    for _ in 0..<Self.jobsPerTickMax {
      unsafe uv_run(loop, UV_RUN_NOWAIT)
      tick {}
      guard unsafe uv_loop_alive(loop) != 0 else { break }
    }
    guard unsafe uv_loop_close(loop) == 0 else { return false }
    unsafe wakeup.deallocate()
    unsafe loop.deallocate()
    return true
  }

  private func wake() { unsafe uv_async_send(wakeup) }

  private func receive() {
    tick {
      let arrived = inbox.withLock { jobs in
        defer { jobs.removeAll(keepingCapacity: true) }
        return jobs
      }
      ready.append(contentsOf: arrived)
    }
  }

  private func drain() {
    var next = 0
    while next < ready.count, next < Self.jobsPerTickMax {
      let job = ready[next]
      next += 1
      unsafe job.runSynchronously(on: asUnownedSerialExecutor())
    }
    ready.removeFirst(next)
    if !ready.isEmpty { wake() }
  }
}
