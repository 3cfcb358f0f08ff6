package org.pointsman.nms.barrier;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.RejectionCode;

/** The announce leads to nothing. The message says why, and what to do. */
public final class AnnounceRejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable RejectionCode code;

  AnnounceRejectedException(@Nullable RejectionCode code, String message) {
    super(message);
    this.code = code;
  }

  /** Why, for programs; null if the tunnel was released while somebody waited for it. */
  public @Nullable RejectionCode code() {
    return code;
  }
}
