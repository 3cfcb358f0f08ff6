package org.pointsman.codec;

import java.io.Serial;
import org.apache.kafka.common.errors.SerializationException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no record of Pointsman's, and stay so however often they are read. The message is
 * a sentence: "expected … but …".
 */
public final class RecordFormatException extends SerializationException {
  @Serial private static final long serialVersionUID = 1L;

  public RecordFormatException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  public RecordFormatException(String message) {
    this(message, null);
  }

  /** The same, saying where the record stands: {@code TOPIC-PARTITION@OFFSET: …}. */
  public RecordFormatException at(String topic, int partition, long offset) {
    return new RecordFormatException(
        "%s-%d@%d: %s".formatted(topic, partition, offset, getMessage()), this);
  }
}
