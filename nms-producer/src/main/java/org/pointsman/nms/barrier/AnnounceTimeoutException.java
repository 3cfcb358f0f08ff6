package org.pointsman.nms.barrier;

/**
 * The tunnel is not known to be steerable in time. The message says what is missing: the decision,
 * a server, or which directors are behind. It may become steerable later.
 */
public final class AnnounceTimeoutException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AnnounceTimeoutException(String message) {
    super(message);
  }
}
