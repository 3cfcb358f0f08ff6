package org.pointsman.director.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.table.EntityChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a director has taken from the log since its snapshot, so that one which was killed lost
 * nothing of it. Written before the data plane is changed: whatever a table in the kernel has, the
 * journal has too.
 *
 * <p>Each snapshot begins a new file, {@code CLUSTER.DIRECTOR.OFFSET.journal}; when a later one
 * stands, those of the time before it go. A batch goes to the operating system as one write and
 * outlives the process by that; nobody waits for the disk. If the power fails a part may be
 * missing, as if it had not been read from Kafka yet.
 *
 * <p>Directors of one cluster share the snapshot but not the journal. Batches tell the offsets
 * between which they stand; whatever a snapshot has already is passed over, and at a gap the
 * journal ends.
 *
 * <p>What fails is logged and ends the journal until the next snapshot.
 */
final class Journal implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  private static final String SUFFIX = ".journal";

  /** More than this is not worth it: to read Kafka is as fast. */
  private static final int MOST_CHANGES = 100_000;

  private final Path directory;
  private final String prefix;
  private final String writer;
  private final SnapshotFormat.Writer values = new SnapshotFormat.Writer();

  /**
   * The snapshot that stands or is to stand under the journal; null: there is nothing to follow.
   */
  private @Nullable Snapshot base;

  private @Nullable FileChannel file;
  private long position;

  Journal(Path directory, String cluster, String writer) {
    this.directory = directory;
    this.prefix = cluster + "." + writer + ".";
    this.writer = writer;
  }

  /** What follows is about what comes after this snapshot. */
  synchronized void begin(Snapshot snapshot) {
    end();
    base = snapshot;
    position = snapshot.nextOffset();
  }

  /** What follows is of no use: it does not go on where a snapshot ends. */
  synchronized void end() {
    base = null;
    FileChannel open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException failure) {
        log.debug("while closing the journal", failure);
      }
    }
  }

  /**
   * Keeps records of the log.
   *
   * @param next the offset after the last of them
   */
  synchronized void append(List<EntityChange> changes, long next) {
    Snapshot under = base;
    if (under == null || changes.isEmpty()) {
      return;
    }
    if (changes.size() > MOST_CHANGES) {
      end();
      return;
    }
    try {
      FileChannel open = file;
      if (open == null) {
        open = create(under);
        file = open;
      }
      write(open, JournalFormat.batch(new JournalFormat.Batch(position, next, changes), values));
      position = next;
    } catch (IOException | RuntimeException failure) {
      log.warn(
          "expected to keep what came after the snapshot in {} but {}; going on without until the next one",
          directory,
          failure.toString());
      end();
    }
  }

  private FileChannel create(Snapshot under) throws IOException {
    FileChannel created =
        FileChannel.open(
            directory.resolve(prefix + under.nextOffset() + SUFFIX),
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    try {
      write(created, JournalFormat.header(new JournalFormat.Origin(under, writer)));
      return created;
    } catch (IOException failure) {
      created.close();
      throw failure;
    }
  }

  private static void write(FileChannel to, byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    while (left.hasRemaining()) {
      to.write(left);
    }
  }

  /** The snapshot with all that was kept after it. */
  Snapshot completed(Snapshot snapshot) {
    List<EntityChange> changes = new ArrayList<>();
    long next = snapshot.nextOffset();
    JournalFormat.Origin origin = new JournalFormat.Origin(snapshot, writer);
    for (Path path : files().values()) {
      for (JournalFormat.Batch batch : read(path, origin)) {
        if (batch.from() <= next && batch.next() > next) {
          changes.addAll(batch.changes());
          next = batch.next();
        }
      }
    }
    return next == snapshot.nextOffset() ? snapshot : snapshot.with(changes, next);
  }

  private static List<JournalFormat.Batch> read(Path path, JournalFormat.Origin origin) {
    try (FileChannel in = FileChannel.open(path, StandardOpenOption.READ)) {
      return JournalFormat.read(in.map(MapMode.READ_ONLY, 0, in.size()), origin);
    } catch (IOException unreadable) {
      log.warn("expected to read {} but {}; going on without", path, unreadable.toString());
      return List.of();
    }
  }

  /** Removes what stands in front of an offset; another name's are left. */
  void forgetBefore(long offset) {
    files().headMap(offset).values().forEach(Journal::delete);
  }

  /** Removes all of it. */
  synchronized void forget() {
    end();
    files().values().forEach(Journal::delete);
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException failure) {
      log.debug("while removing a journal", failure);
    }
  }

  /** This director's, by the offset at which each begins. */
  private SortedMap<Long, Path> files() {
    SortedMap<Long, Path> files = new TreeMap<>();
    if (!Files.isDirectory(directory)) {
      return files;
    }
    try (Stream<Path> all = Files.list(directory)) {
      all.forEach(path -> offset(path).ifPresent(offset -> files.put(offset, path)));
    } catch (IOException | UncheckedIOException failure) {
      log.debug("while looking for journals", failure);
    }
    return files;
  }

  private Optional<Long> offset(Path path) {
    String name = path.getFileName().toString();
    if (!name.startsWith(prefix) || !name.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    String number = name.substring(prefix.length(), name.length() - SUFFIX.length());
    return number.matches("[0-9]{1,18}") ? Optional.of(Long.valueOf(number)) : Optional.empty();
  }

  @Override
  public synchronized void close() {
    end();
    values.close();
  }
}
