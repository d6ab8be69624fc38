import CLibUV

extension EventLoop {
  /// Runs `work`, which may block, on libuv's thread pool, and gives back what it returns on this loop.
  package nonisolated(nonsending) func offload<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async
    -> Result
  {
    precondition(isCurrent)
    return await withCheckedContinuation { continuation in
      let job = Offloaded { continuation.resume(returning: work()) }
      unsafe job.request.pointee.data = Unmanaged.passRetained(job).toOpaque()
      let status = unsafe uv_queue_work(
        executor.loop, job.request,
        { request in unsafe Offloaded.of(request).work() },
        { request, _ in unsafe Unmanaged.passUnretained(Offloaded.of(request)).release() })
      precondition(status == 0, "uv_queue_work takes any request that has its work")
    }
  }
}

@safe private final class Offloaded {
  let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)
  let work: () -> Void

  init(work: @escaping () -> Void) { self.work = work }

  deinit { unsafe request.deallocate() }

  static func of(_ request: UnsafeMutablePointer<uv_work_t>?) -> Offloaded {
    guard let data = unsafe request?.pointee.data else { preconditionFailure("a work request carries its job") }
    return unsafe Unmanaged<Offloaded>.fromOpaque(data).takeUnretainedValue()
  }
}
