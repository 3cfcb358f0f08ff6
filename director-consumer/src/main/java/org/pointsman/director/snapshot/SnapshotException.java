package org.pointsman.director.snapshot;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A file is no snapshot that can be gone on from; the message is a sentence. */
public final class SnapshotException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  SnapshotException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  SnapshotException(String message) {
    this(message, null);
  }
}
