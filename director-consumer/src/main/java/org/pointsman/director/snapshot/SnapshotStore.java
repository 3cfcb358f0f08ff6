package org.pointsman.director.snapshot;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.table.EntityChange;
import org.pointsman.model.ClusterId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a cluster's snapshot, and writes new ones on a thread of its own, so that nobody waits for
 * the disk. What fails is logged; a director without a snapshot is a director that starts later.
 */
public final class SnapshotStore implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SnapshotStore.class);

  /** How often one is written, if there is anything new. */
  public static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private final ClusterId cluster;
  private final SnapshotFile file;
  private final Journal journal;
  private final Duration interval;
  private final InstantSource clock;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition happened = lock.newCondition();
  private @Nullable Snapshot waiting; // guarded by lock
  private boolean isClosed; // guarded by lock

  /**
   * The offset of the last snapshot written. What was kept since is left until the next one stands:
   * another director of the cluster may put an older snapshot in this one's place. For the thread.
   */
  private long writtenBefore;

  private volatile Instant offeredAt = Instant.MIN;
  private volatile @Nullable Instant writtenAt;

  /**
   * @param writer the director's name: it may share the folder with others
   * @param interval how often to write, {@link #INTERVAL}
   */
  public SnapshotStore(
      Path directory, ClusterId cluster, String writer, Duration interval, InstantSource clock) {
    this.cluster = cluster;
    this.file = new SnapshotFile(directory, cluster, writer);
    this.journal = new Journal(directory, cluster.value(), writer);
    this.interval = interval;
    this.clock = clock;
    this.thread = new Thread(this::run, "snapshot-" + cluster);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /**
   * What was kept of the cluster, with what this director took from the log after its snapshot; one
   * that is damaged or another cluster's is set aside.
   */
  public Optional<Snapshot> read() {
    try {
      Optional<Snapshot> read = file.read();
      if (read.isPresent() && !read.get().cluster().equals(cluster)) {
        setAside(
            "expected a snapshot of cluster %s but it is of %s"
                .formatted(cluster, read.get().cluster()));
        return Optional.empty();
      }
      return read.map(journal::completed);
    } catch (SnapshotException unfit) {
      setAside(String.valueOf(unfit.getMessage()));
    } catch (IOException unreadable) {
      log.warn(
          "expected to read the snapshot {} but {}; starting without it", file.path(), unreadable);
    }
    return Optional.empty();
  }

  /**
   * The snapshot is not to be gone on from, and is renamed.
   *
   * @param why a sentence
   */
  public void setAside(String why) {
    journal.forget();
    try {
      log.warn("{}; set aside as {}, the table is read anew", why, file.setAside());
    } catch (IOException failure) {
      log.warn("{}; it could not be set aside ({}), the table is read anew", why, failure);
    }
  }

  /** True if it is time for a new one; also if the clock was set back since the last. */
  public boolean isDue() {
    Instant now = clock.instant();
    return !now.isBefore(offeredAt.plus(interval)) || now.isBefore(offeredAt);
  }

  /** To be written soon, in place of one that waits to be. */
  public void offer(Snapshot snapshot) {
    offeredAt = clock.instant();
    journal.begin(snapshot);
    lock.lock();
    try {
      waiting = snapshot;
      happened.signal();
    } finally {
      lock.unlock();
    }
  }

  /** What is kept from now on comes after this snapshot, which was read. */
  public void goOnFrom(Snapshot snapshot) {
    journal.begin(snapshot);
  }

  /** What comes from now on does not come after any snapshot: one is due. */
  public void readAnew() {
    journal.end();
    offeredAt = Instant.MIN;
  }

  /**
   * Keeps records that come after the last snapshot; before the data plane is changed by them, so
   * that it never has more than what was kept.
   *
   * @param next the offset after the last of them
   */
  public void keep(List<EntityChange> changes, long next) {
    journal.append(changes, next);
  }

  /** When the last one was written, if one was. */
  public Optional<Instant> writtenAt() {
    return Optional.ofNullable(writtenAt);
  }

  /** Writes what waits, and ends. */
  @Override
  public void close() {
    lock.lock();
    try {
      isClosed = true;
      happened.signal();
    } finally {
      lock.unlock();
    }
    try {
      thread.join(FAREWELL);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    journal.close();
  }

  private void run() {
    try {
      for (Snapshot next = awaitNext(); next != null; next = awaitNext()) {
        write(next);
      }
    } catch (InterruptedException interrupted) {
      log.trace("ending", interrupted);
    }
  }

  /** Null if it is time to end. */
  private @Nullable Snapshot awaitNext() throws InterruptedException {
    lock.lock();
    try {
      while (waiting == null && !isClosed) {
        happened.await();
      }
      Snapshot next = waiting;
      waiting = null;
      return next;
    } finally {
      lock.unlock();
    }
  }

  private void write(Snapshot snapshot) {
    try {
      file.write(snapshot);
      writtenAt = clock.instant();
      journal.forgetBefore(writtenBefore);
      writtenBefore = snapshot.nextOffset();
      log.debug("snapshot of {} at {}", snapshot.cluster(), snapshot.nextOffset());
    } catch (IOException | RuntimeException failure) {
      log.warn(
          "expected to write the snapshot {} but {}; going on without, and trying again with the next",
          file.path(),
          failure.toString());
    }
  }
}
