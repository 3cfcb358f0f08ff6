package org.pointsman.director.snapshot;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.pointsman.model.ClusterId;

/**
 * The file of a cluster's snapshot. It is replaced as a whole or not at all, also if the power
 * fails. Directors of one cluster may share it: what one wrote serves the other.
 */
final class SnapshotFile {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final Path beingWritten;

  /**
   * @param writer a name for the file while it is written, another for each process
   */
  SnapshotFile(Path directory, ClusterId cluster, String writer) {
    this.path = directory.resolve(cluster + ".snapshot");
    this.beingWritten = directory.resolve(cluster + ".snapshot." + writer + ".tmp");
  }

  Path path() {
    return path;
  }

  /**
   * The snapshot, if there is one.
   *
   * @throws SnapshotException if it is damaged
   */
  Optional<Snapshot> read() throws IOException, SnapshotException {
    if (!Files.exists(path)) {
      return Optional.empty();
    }
    try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
      if (file.size() > Integer.MAX_VALUE) {
        throw new SnapshotException(
            "expected a snapshot of at most 2 GB but it has %,d bytes".formatted(file.size()));
      }
      return Optional.of(SnapshotFormat.read(file.map(MapMode.READ_ONLY, 0, file.size())));
    }
  }

  /** Replaces what is there. */
  void write(Snapshot snapshot) throws IOException {
    Path directory = Files.createDirectories(path.toAbsolutePath().getParent());
    try (FileChannel file =
        FileChannel.open(
            beingWritten,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file), BUFFER_BYTES);
      SnapshotFormat.write(snapshot, out);
      out.flush();
      file.force(true);
    }
    Files.move(
        beingWritten, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  /**
   * Renames it, so that it can be looked at and is not read again.
   *
   * @return its new path
   */
  Path setAside() throws IOException {
    Path aside = path.resolveSibling(path.getFileName() + ".set-aside");
    return Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
  }
}
