package org.pointsman.director.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.director.table.Entities.CLUSTER;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pointsman.model.ClusterId;

final class SnapshotStoreTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochSecond(90));

  @TempDir private Path directory;

  private static Snapshot snapshot(ClusterId cluster, long offset) {
    return new Snapshot(
        cluster,
        "assignments",
        "id",
        3,
        offset,
        Instant.ofEpochSecond(80),
        2,
        List.of(server("rs-1", null, 1), tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 2)));
  }

  private SnapshotStore store() {
    return new SnapshotStore(
        directory.resolve("made"), CLUSTER, "outer@host", Duration.ofSeconds(30), CLOCK);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(directory.resolve("made"))) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void whatIsOfferedIsWrittenBeforeItEndsAndReadByTheNext() throws Exception {
    try (SnapshotStore store = store()) {
      assertThat(store.read()).isEmpty();
      assertThat(store.isDue()).isTrue();
      store.offer(snapshot(CLUSTER, 7));
      assertThat(store.isDue()).isFalse();
      store.offer(snapshot(CLUSTER, 8));
    }
    assertThat(files()).as("whole, or not at all").containsExactly("default.snapshot");
    try (SnapshotStore store = store()) {
      assertThat(store.read()).contains(snapshot(CLUSTER, 8));
    }
  }

  @Test
  void anotherIsDueAfterTheIntervalAndWhenTheClockWasSetBack() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.ofEpochSecond(10_000));
    Duration interval = Duration.ofSeconds(30);
    try (SnapshotStore store =
        new SnapshotStore(directory.resolve("made"), CLUSTER, "outer@host", interval, now::get)) {
      store.offer(snapshot(CLUSTER, 7));
      assertThat(store.isDue()).isFalse();
      now.set(Instant.ofEpochSecond(10_030));
      assertThat(store.isDue()).isTrue();
      now.set(Instant.ofEpochSecond(6_400));
      assertThat(store.isDue()).isTrue();
    }
  }

  /** The file was written by the first release of the format, in which tunnels are Avro records. */
  @Test
  void oneOfTheFirstVersionIsRead() throws Exception {
    Path made = Files.createDirectories(directory.resolve("made"));
    try (InputStream first = getClass().getResourceAsStream("version-1.snapshot")) {
      Files.copy(Objects.requireNonNull(first), made.resolve("default.snapshot"));
    }
    try (SnapshotStore store = store()) {
      assertThat(store.read()).contains(snapshot(CLUSTER, 7));
    }
  }

  @Test
  void aDamagedOneIsSetAside() throws Exception {
    try (SnapshotStore store = store()) {
      store.offer(snapshot(CLUSTER, 7));
    }
    Path file = directory.resolve("made").resolve("default.snapshot");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);
    try (SnapshotStore store = store()) {
      assertThat(store.read()).isEmpty();
      assertThat(files()).containsExactly("default.snapshot.set-aside");
      assertThat(Files.readAllBytes(file.resolveSibling("default.snapshot.set-aside")))
          .isEqualTo(bytes);
    }
  }

  @Test
  void oneOfAnotherClusterIsSetAside() throws Exception {
    try (SnapshotStore store = store()) {
      store.offer(snapshot(new ClusterId("other"), 7));
    }
    try (SnapshotStore store = store()) {
      assertThat(store.read()).isEmpty();
    }
    assertThat(files()).containsExactly("default.snapshot.set-aside");
  }

  @Test
  void aFolderThatCannotBeWrittenIsNoReasonToStop() throws Exception {
    Files.writeString(directory.resolve("made"), "a file");
    try (SnapshotStore store = store()) {
      assertThat(store.read()).isEmpty();
      store.offer(snapshot(CLUSTER, 7));
    }
    assertThat(Files.readString(directory.resolve("made"))).isEqualTo("a file");
  }
}
