import Glibc

/// A lock on a file that ends with the process.
final class FolderLock {
  private let file: Int32
  private(set) var isHeld = false

  init(_ path: String) throws(PrivatePostgresError) {
    file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .folder(path, errno) }
    take()
  }

  /// Takes the lock if nobody has it.
  func take() { isHeld = isHeld || flock(file, LOCK_EX | LOCK_NB) == 0 }

  deinit { close(file) }
}
