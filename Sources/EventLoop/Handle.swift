import CLibUV

/// The memory of one libuv handle. libuv needs it until the close callback, which may come long after the
/// Swift owner is gone; so the owner closes it in its `deinit`, and the callback frees it.
@safe struct Handle<Raw> {
  let raw: UnsafeMutablePointer<Raw>

  /// - Parameter initialize: libuv's init call. If it fails there is nothing to close, so the owner sets its handle
  ///   before anything else in it can fail: a class that throws later runs its `deinit`, which closes.
  init(_ call: String, _ initialize: (UnsafeMutablePointer<Raw>) -> Int32) throws(UVError) {
    unsafe raw = .allocate(capacity: 1)
    let status = unsafe initialize(raw)
    if status < 0 {
      unsafe raw.deallocate()
      throw UVError(call, status)
    }
  }

  /// For init calls that cannot fail.
  init(_ initialize: (UnsafeMutablePointer<Raw>) -> Void) {
    unsafe raw = .allocate(capacity: 1)
    unsafe initialize(raw)
  }

  private var base: UnsafeMutablePointer<uv_handle_t> {
    unsafe UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_handle_t.self)
  }

  /// Names the Swift object that callbacks of this handle belong to, without keeping it alive.
  func belongs(to owner: AnyObject) {
    unsafe base.pointee.data = Unmanaged.passUnretained(owner).toOpaque()
  }

  /// Closes the handle; its memory goes when libuv has let go of it.
  func close() {
    unsafe base.pointee.data = nil
    unsafe uv_close(base) { handle in unsafe UnsafeMutableRawPointer(handle)?.deallocate() }
  }

  /// For callbacks: runs `body` with the handle's owner, as one tick of its loop. Nothing if the owner is gone.
  static func called<Owner: AnyObject>(
    _ raw: UnsafeMutablePointer<Raw>?, _: Owner.Type, _ body: (Owner) -> Void
  ) {
    guard let raw = unsafe raw else { return }
    let base = unsafe UnsafeMutableRawPointer(raw).assumingMemoryBound(to: uv_handle_t.self)
    guard let data = unsafe base.pointee.data, let loop = unsafe base.pointee.loop else { return }
    let owner = unsafe Unmanaged<Owner>.fromOpaque(data).takeUnretainedValue()
    unsafe LoopExecutor.of(loop).tick { body(owner) }
  }
}
