package import SQL

extension DatabaseError {
  /// It may go away by itself: the server, the connection, or somebody else's transaction was in the way.
  package var isTransient: Bool {
    switch cause {
    case .unavailable, .connectionLost, .timedOut: true
    case .refused(let state):
      state.isServerTrouble || state.errorClass == "40" || state == .lockNotAvailable || state == .queryCanceled
    }
  }

  /// PostgreSQL refused the values: they do not fit, break a constraint, or are too long for an index (SQLSTATE classes 22
  /// and 23, and 54000).
  package var isDataError: Bool {
    if case .refused(let state) = cause {
      ["22", "23"].contains(state.errorClass) || state == .programLimitExceeded
    } else {
      false
    }
  }
}
