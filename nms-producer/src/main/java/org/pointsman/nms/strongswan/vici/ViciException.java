package org.pointsman.nms.strongswan.vici;

import java.io.IOException;

/** charon cannot be talked to; the message says why, in a sentence for the person in front. */
public final class ViciException extends IOException {
  private static final long serialVersionUID = 1L;

  public ViciException(String message) {
    super(message);
  }

  ViciException(String message, Throwable cause) {
    super(message, cause);
  }
}
