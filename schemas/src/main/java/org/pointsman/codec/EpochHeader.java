package org.pointsman.codec;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The epoch of a decision by which an entity is gone. A tombstone has no value that could tell it,
 * so it stands in the record's header {@code pointsman.epoch}: 8 bytes, big-endian. With it a
 * reader of the {@code assignments} topic knows after every record which decision it has come to.
 */
public final class EpochHeader {
  public static final String NAME = "pointsman.epoch";

  private EpochHeader() {}

  /** Headers that hold the epoch. */
  public static Headers of(long epoch) {
    return new RecordHeaders().add(NAME, ByteBuffer.allocate(Long.BYTES).putLong(epoch).array());
  }

  /** The epoch that the headers hold, or 0 if they hold none: the record is another producer's. */
  public static long read(Headers headers) {
    Header header = headers.lastHeader(NAME);
    byte[] value = header == null ? null : header.value();
    return value == null || value.length != Long.BYTES ? 0 : ByteBuffer.wrap(value).getLong();
  }
}
