package org.pointsman.quickstart.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded server could not start or go on. The message says what to do, for a person. */
public final class EmbeddedServerException extends RuntimeException {
  EmbeddedServerException(String message) {
    super(message);
  }

  EmbeddedServerException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
