package org.pointsman.director.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.pointsman.codec.RecordDeserializer;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;

/**
 * The bytes of a journal, version 1: frames, each its length (32 bits), its body, and the CRC-32C
 * of that. Numbers are big-endian, a text or record is its length (32 bits) and its bytes.
 *
 * <pre>
 * the first body   "pointsmj"  version (32)  cluster  writer  topic  topic id   texts, UTF-8
 *                  partition (32)  schemas: count (32), then each as text
 * every other      from (64)  next offset (64)  changes: count (32), then for each:
 *                  key, a text;  epoch (64);  a record as in {@link SnapshotFormat}, or -1: it is gone
 * </pre>
 *
 * <p>A process that is killed leaves its last frame cut short, if at all. It is read up to there.
 */
final class JournalFormat {
  private static final byte[] MAGIC = "pointsmj".getBytes(UTF_8);
  private static final int VERSION = 1;
  private static final int GONE = -1;

  /** Whose journal it is, and of which log. */
  record Origin(String cluster, String writer, String topic, String topicId, int partition) {
    Origin(Snapshot base, String writer) {
      this(base.cluster().value(), writer, base.topic(), base.topicId(), base.partition());
    }
  }

  /**
   * Records of the log, in its order.
   *
   * @param from the offset after the last record before them
   * @param next the offset after the last of them
   */
  record Batch(long from, long next, List<EntityChange> changes) {
    Batch {
      changes = List.copyOf(changes);
    }
  }

  private JournalFormat() {}

  static byte[] header(Origin origin) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.write(MAGIC);
    out.writeInt(VERSION);
    SnapshotFormat.writeText(out, origin.cluster());
    SnapshotFormat.writeText(out, origin.writer());
    SnapshotFormat.writeText(out, origin.topic());
    SnapshotFormat.writeText(out, origin.topicId());
    out.writeInt(origin.partition());
    SnapshotFormat.writeSchemas(out, SnapshotSchemas.current());
    return frame(bytes.toByteArray());
  }

  static byte[] batch(Batch batch, SnapshotFormat.Writer values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeLong(batch.from());
    out.writeLong(batch.next());
    out.writeInt(batch.changes().size());
    for (EntityChange change : batch.changes()) {
      SnapshotFormat.writeText(out, change.key().toString());
      out.writeLong(change.epoch());
      Entity entity = change.entity();
      if (entity == null) {
        out.writeInt(GONE);
      } else {
        values.write(out, entity);
      }
    }
    return frame(bytes.toByteArray());
  }

  private static byte[] frame(byte[] body) {
    CRC32C checksum = new CRC32C();
    checksum.update(body);
    return ByteBuffer.allocate(body.length + 2 * Integer.BYTES)
        .putInt(body.length)
        .put(body)
        .putInt((int) checksum.getValue())
        .array();
  }

  /** The batches up to the first that is cut short or damaged; none if the journal is another's. */
  static List<Batch> read(ByteBuffer bytes, Origin origin) {
    List<Batch> batches = new ArrayList<>();
    ByteBuffer in = bytes.slice();
    try {
      Optional<ByteBuffer> header = body(in);
      if (header.isEmpty() || !readOrigin(header.get()).equals(origin)) {
        return batches;
      }
      SnapshotSchemas schemas = new SnapshotSchemas(SnapshotFormat.readSchemas(header.get()));
      try (RecordDeserializer values = new RecordDeserializer(schemas)) {
        for (Optional<ByteBuffer> next = body(in); next.isPresent(); next = body(in)) {
          batches.add(readBatch(next.get(), origin.topic(), values));
        }
      }
    } catch (RuntimeException another) { // its checksum is right, so another program wrote it
      return batches;
    }
    return batches;
  }

  /** What stands in the next frame, if there is a whole one. */
  private static Optional<ByteBuffer> body(ByteBuffer in) {
    if (in.remaining() < Integer.BYTES) {
      return Optional.empty();
    }
    int length = in.getInt();
    if (length < 0 || length > in.remaining() - Integer.BYTES) {
      return Optional.empty();
    }
    ByteBuffer body = in.slice(in.position(), length);
    in.position(in.position() + length);
    CRC32C checksum = new CRC32C();
    checksum.update(body.duplicate());
    return in.getInt() == (int) checksum.getValue() ? Optional.of(body) : Optional.empty();
  }

  private static Origin readOrigin(ByteBuffer in) {
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    int version = in.getInt();
    if (!java.util.Arrays.equals(magic, MAGIC) || version != VERSION) {
      throw new IllegalStateException("no journal of version " + VERSION);
    }
    return new Origin(
        SnapshotFormat.readText(in),
        SnapshotFormat.readText(in),
        SnapshotFormat.readText(in),
        SnapshotFormat.readText(in),
        in.getInt());
  }

  private static Batch readBatch(ByteBuffer in, String topic, RecordDeserializer values) {
    long from = in.getLong();
    long next = in.getLong();
    List<EntityChange> changes = new ArrayList<>();
    for (int left = in.getInt(); left > 0; left--) {
      EntityKey key = EntityKey.parse(SnapshotFormat.readText(in));
      long epoch = in.getLong();
      in.mark();
      @Nullable Entity entity = null;
      if (in.getInt() != GONE) {
        in.reset();
        entity = (Entity) values.deserialize(topic, SnapshotFormat.readBytes(in));
      }
      changes.add(new EntityChange(key, entity, epoch));
    }
    return new Batch(from, next, changes);
  }
}
