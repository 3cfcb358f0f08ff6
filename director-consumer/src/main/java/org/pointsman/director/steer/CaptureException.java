package org.pointsman.director.steer;

/** A capture cannot be read or its parts cannot be written. The message says what to do. */
public final class CaptureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CaptureException(String message) {
    super(message);
  }

  CaptureException(String message, Throwable cause) {
    super(message, cause);
  }
}
