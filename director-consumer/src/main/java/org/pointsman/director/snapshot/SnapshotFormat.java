package org.pointsman.director.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.apache.avro.Schema;
import org.pointsman.codec.CodecConfig;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.codec.RecordSerializer;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;

/**
 * The bytes of a snapshot, version 2; numbers are big-endian, a text or record is its length (32
 * bits) and its bytes:
 *
 * <pre>
 * "pointsmn"  version (32 bits)
 * cluster  topic  topic id       texts, UTF-8
 * partition (32)  next offset (64)  current at (64, ms since 1970)  epoch (64)
 * schemas     count (32), then each as text
 * entities    count (32), then each as a record: 0, schema's place from 1 (32), Avro
 * tunnels     {@link CompactTunnels}; in version 1 they stand among the entities
 * CRC-32C of all before (32)
 * </pre>
 */
final class SnapshotFormat {
  private static final byte[] MAGIC = "pointsmn".getBytes(UTF_8);
  private static final int VERSION = 2;
  private static final int FIRST_VERSION = 1;
  private static final int CHECKSUM_BYTES = Integer.BYTES;
  private static final int SHORTEST = MAGIC.length + Integer.BYTES + CHECKSUM_BYTES;

  private SnapshotFormat() {}

  static void write(Snapshot snapshot, OutputStream to) throws IOException {
    CRC32C checksum = new CRC32C();
    DataOutputStream out = new DataOutputStream(new CheckedOutputStream(to, checksum));
    out.write(MAGIC);
    out.writeInt(VERSION);
    writeText(out, snapshot.cluster().value());
    writeText(out, snapshot.topic());
    writeText(out, snapshot.topicId());
    out.writeInt(snapshot.partition());
    out.writeLong(snapshot.nextOffset());
    out.writeLong(snapshot.currentAt().toEpochMilli());
    out.writeLong(snapshot.epoch());
    writeSchemas(out, SnapshotSchemas.current());
    List<Assignment> tunnels = new ArrayList<>();
    List<Entity> others = new ArrayList<>();
    for (Entity entity : snapshot.entities()) {
      if (entity instanceof Assignment tunnel && tunnel.cluster().equals(snapshot.cluster())) {
        tunnels.add(tunnel);
      } else {
        others.add(entity);
      }
    }
    out.writeInt(others.size());
    try (Writer values = new Writer()) {
      for (Entity entity : others) {
        values.write(out, entity);
      }
    }
    CompactTunnels.write(out, tunnels);
    out.flush();
    out.writeInt((int) checksum.getValue());
    out.flush();
  }

  /** Writes entities, each with its length, by {@link SnapshotSchemas#current}. */
  static final class Writer implements AutoCloseable {
    private final RecordSerializer<Entity> serializer =
        new RecordSerializer<>(SnapshotSchemas.current(), new CodecConfig(Map.of()));

    void write(DataOutputStream out, Entity entity) throws IOException {
      writeBytes(out, serializer.serialize("", entity));
    }

    @Override
    public void close() {
      serializer.close();
    }
  }

  static void writeSchemas(DataOutputStream out, SnapshotSchemas schemas) throws IOException {
    out.writeInt(schemas.schemas().size());
    for (Schema schema : schemas.schemas()) {
      writeText(out, schema.toString());
    }
  }

  static List<Schema> readSchemas(ByteBuffer in) {
    List<Schema> schemas = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      schemas.add(new Schema.Parser().parse(readText(in)));
    }
    return schemas;
  }

  static void writeText(DataOutputStream out, String text) throws IOException {
    writeBytes(out, text.getBytes(UTF_8));
  }

  private static void writeBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads all that remains in the buffer.
   *
   * @throws SnapshotException if it is no snapshot, or damaged
   */
  static Snapshot read(ByteBuffer bytes) throws SnapshotException {
    ByteBuffer body = check(bytes);
    int version = bytes.getInt(bytes.position() + MAGIC.length);
    try {
      return readBody(body, version);
    } catch (RuntimeException damaged) { // its checksum is right, so another program wrote it
      throw new SnapshotException(
          "expected a snapshot of version %d but its content is wrong (%s)"
              .formatted(version, damaged),
          damaged);
    }
  }

  /** What stands between version and checksum. */
  private static ByteBuffer check(ByteBuffer bytes) throws SnapshotException {
    ByteBuffer all = bytes.slice();
    if (all.remaining() < SHORTEST) {
      throw new SnapshotException(
          "expected a snapshot but the file has only %d bytes".formatted(all.remaining()));
    }
    byte[] magic = new byte[MAGIC.length];
    all.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new SnapshotException("expected a snapshot but the file begins as something else");
    }
    int version = all.getInt();
    if (version < FIRST_VERSION || version > VERSION) {
      throw new SnapshotException(
          "expected a snapshot of version %d to %d but it is of version %d"
              .formatted(FIRST_VERSION, VERSION, version));
    }
    int end = all.limit() - CHECKSUM_BYTES;
    CRC32C checksum = new CRC32C();
    checksum.update(all.slice(0, end));
    int expected = all.getInt(end);
    if ((int) checksum.getValue() != expected) {
      throw new SnapshotException(
          "expected the checksum %08x but it is %08x: the file is cut short or damaged"
              .formatted(expected, (int) checksum.getValue()));
    }
    return all.limit(end);
  }

  private static Snapshot readBody(ByteBuffer in, int version) {
    ClusterId cluster = new ClusterId(readText(in));
    String topic = readText(in);
    String topicId = readText(in);
    int partition = in.getInt();
    long nextOffset = in.getLong();
    Instant currentAt = Instant.ofEpochMilli(in.getLong());
    long epoch = in.getLong();
    List<Schema> schemas = readSchemas(in);
    int count = in.getInt();
    List<Entity> entities = new ArrayList<>(Math.min(count, in.remaining()));
    try (RecordDeserializer values = new RecordDeserializer(new SnapshotSchemas(schemas))) {
      for (int left = count; left > 0; left--) {
        LogRecord record = values.deserialize(topic, readBytes(in));
        entities.add((Entity) record);
      }
    }
    if (version > FIRST_VERSION) {
      entities.addAll(CompactTunnels.read(in, cluster));
    }
    if (in.hasRemaining()) {
      throw new IllegalStateException(in.remaining() + " bytes follow");
    }
    return new Snapshot(cluster, topic, topicId, partition, nextOffset, currentAt, epoch, entities);
  }

  static String readText(ByteBuffer in) {
    return new String(readBytes(in), UTF_8);
  }

  static byte[] readBytes(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IllegalStateException(length + " bytes wanted");
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
