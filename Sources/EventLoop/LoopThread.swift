import CLibUV
import Synchronization

/// A thread that runs one loop, and closes it when it has stopped.
@safe package final class LoopThread {
  package let loop: EventLoop
  private var thread = uv_thread_t()
  private let work: Work

  package init() throws(UVError) {
    loop = try EventLoop()
    work = Work(loop)
    let argument = unsafe Unmanaged.passRetained(work).toOpaque()
    try UVError.check(
      "uv_thread_create",
      unsafe uv_thread_create(
        &thread,
        { argument in
          guard let argument = unsafe argument else { return }
          unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().run()
        }, argument))
  }

  /// Waits until the loop has stopped. False: something made on it was still alive then.
  package func join() -> Bool {
    unsafe _ = uv_thread_join(&thread)
    return work.isClosed.load(ordering: .acquiring)
  }

  private final class Work: Sendable {
    let loop: EventLoop
    let isClosed = Atomic<Bool>(false)

    init(_ loop: EventLoop) { self.loop = loop }

    func run() {
      loop.run()
      isClosed.store(loop.close(), ordering: .releasing)
    }
  }
}
