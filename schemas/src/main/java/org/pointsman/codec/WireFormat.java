package org.pointsman.codec;

import java.nio.ByteBuffer;

/**
 * Confluent's framing of a serialized value: a zero byte, the schema's id as a 32-bit big-endian
 * number, Avro's binary encoding.
 */
final class WireFormat {
  static final byte MAGIC = 0;
  static final int HEADER_BYTES = 5;

  private WireFormat() {}

  /**
   * @throws RecordFormatException if the bytes do not begin like that
   */
  static int schemaId(byte[] bytes) {
    if (bytes.length < HEADER_BYTES) {
      throw new RecordFormatException(
          "expected a zero byte and a schema id of 4 bytes but the record has only %d bytes; write it with a serializer of a schema registry"
              .formatted(bytes.length));
    }
    if (bytes[0] != MAGIC) {
      throw new RecordFormatException(
          "expected a record that begins with a zero byte but it begins with 0x%02x; write it with a serializer of a schema registry"
              .formatted(bytes[0]));
    }
    return ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
  }
}
