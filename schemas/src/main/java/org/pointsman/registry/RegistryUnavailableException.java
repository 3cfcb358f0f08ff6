package org.pointsman.registry;

import java.io.Serial;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;

/**
 * No registry could be asked: none answers, it fails, or it does not know who asks. It may pass, so
 * whoever gets this waits and asks again, and loses nothing.
 */
public final class RegistryUnavailableException extends RetriableException {
  @Serial private static final long serialVersionUID = 1L;

  public RegistryUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
