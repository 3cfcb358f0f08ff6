package org.pointsman.nms.barrier;

import org.pointsman.model.RejectionCode;

/** The barrier's failures, for the tests of those who tell them. */
public final class Failures {
  private Failures() {}

  public static RuntimeException rejected(RejectionCode code, String message) {
    return new AnnounceRejectedException(code, message);
  }

  public static RuntimeException released(String message) {
    return new AnnounceRejectedException(null, message);
  }

  public static RuntimeException late(String message) {
    return new AnnounceTimeoutException(message);
  }
}
