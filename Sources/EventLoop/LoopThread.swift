import CLibUV

/// A thread that runs one loop.
package final class LoopThread {
  package let loop: EventLoop
  private var thread = uv_thread_t()

  package init() throws(UVError) {
    loop = try EventLoop()
    let argument = unsafe Unmanaged.passRetained(loop).toOpaque()
    try UVError.check(
      "uv_thread_create",
      unsafe uv_thread_create(
        &thread,
        { argument in
          guard let argument = unsafe argument else { return }
          unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue().run()
        }, argument))
  }

  /// Waits until the loop has stopped.
  package func join() { unsafe _ = uv_thread_join(&thread) }
}
