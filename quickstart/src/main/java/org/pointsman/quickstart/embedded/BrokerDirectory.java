package org.pointsman.quickstart.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.kafka.metadata.properties.MetaProperties;
import org.apache.kafka.metadata.properties.PropertiesUtils;
import org.jspecify.annotations.Nullable;

/**
 * A broker's data directory, held for this process alone until closed.
 *
 * <p>Kafka's own lock file is not enough: a combined node opens its metadata log before it takes
 * that lock, so a second broker could damage the log of the first before it is turned away. Hence a
 * lock of our own, taken before Kafka starts.
 */
final class BrokerDirectory implements AutoCloseable {
  private static final String OWN_LOCK = "pointsman.lock";
  private static final String KAFKA_LOCK = ".lock";
  private static final String META_PROPERTIES = "meta.properties";

  /**
   * Directories held by this process. Asked before any lock file is opened: on POSIX systems,
   * closing a file drops every lock that the process has on it, whoever took it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final FileChannel channel;

  private BrokerDirectory(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates the directory where it is missing, and takes it.
   *
   * @throws EmbeddedServerException if it cannot be written, another broker runs on it, or it holds
   *     something other than a broker's data
   */
  static BrokerDirectory open(Path directory) {
    Path path = create(directory);
    if (!HELD.add(path)) {
      throw inUse(path, "this process");
    }
    boolean opened = false;
    try {
      FileChannel channel = lock(path);
      try {
        refuseForeignBroker(path);
        refuseOtherData(path);
        BrokerDirectory result = new BrokerDirectory(path, channel);
        opened = true;
        return result;
      } finally {
        if (!opened) {
          closeQuietly(channel);
        }
      }
    } finally {
      if (!opened) {
        HELD.remove(path);
      }
    }
  }

  Path path() {
    return path;
  }

  /**
   * The id of the cluster whose data is here; empty where nothing is formatted yet.
   *
   * @throws EmbeddedServerException if the file that says so is damaged or another node's
   */
  Optional<String> clusterId(int nodeId) {
    Path file = path.resolve(META_PROPERTIES);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    MetaProperties meta = readMeta(file);
    if (meta.nodeId().isEmpty() || meta.clusterId().isEmpty()) {
      throw damaged(file, "it lacks node.id or cluster.id", null);
    }
    if (meta.nodeId().getAsInt() != nodeId) {
      throw new EmbeddedServerException(
          "expected %s to say node.id=%d, but it says %d; do choose another directory, since this one is another broker's"
              .formatted(file, nodeId, meta.nodeId().getAsInt()));
    }
    return meta.clusterId();
  }

  @Override
  public void close() {
    closeQuietly(channel);
    HELD.remove(path);
  }

  private static Path create(Path directory) {
    try {
      Files.createDirectories(directory);
      Path path = directory.toRealPath();
      Path probe = Files.createTempFile(path, "writable", ".tmp");
      Files.delete(probe);
      return path;
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "expected a directory that can be written for the broker's data, but %s is not one (%s); do choose another directory, or change its permissions"
              .formatted(directory.toAbsolutePath(), e),
          e);
    }
  }

  private static FileChannel lock(Path path) {
    Path file = path.resolve(OWN_LOCK);
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        closeQuietly(channel);
        throw inUse(path, holder(file));
      }
      // Through this channel: opening the file once more and closing it would drop the lock.
      String pid = Long.toString(ProcessHandle.current().pid());
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)));
      return channel;
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "expected to lock %s, but the system refuses (%s); do choose a directory on a local disk"
              .formatted(file, e),
          e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException heldByThisProcess) {
      return false;
    }
  }

  private static String holder(Path file) {
    try {
      String pid = Files.readString(file).strip();
      return pid.isEmpty() ? "another process" : "process " + pid;
    } catch (IOException unreadable) {
      return "another process";
    }
  }

  /** A broker that this class did not start, for example one of a Kafka distribution. */
  private static void refuseForeignBroker(Path path) {
    Path file = path.resolve(KAFKA_LOCK);
    if (!Files.exists(file)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      if (!tryLock(channel)) {
        throw inUse(path, "another program");
      }
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "expected to lock %s, but the system refuses (%s); do change its permissions, or choose another directory"
              .formatted(file, e),
          e);
    }
  }

  /** Formatting gives a new cluster id; done over an older broker's topics it would orphan them. */
  private static void refuseOtherData(Path path) {
    if (Files.exists(path.resolve(META_PROPERTIES))) {
      return;
    }
    Set<String> ours = Set.of(OWN_LOCK, KAFKA_LOCK);
    try (Stream<Path> files = Files.list(path)) {
      Optional<String> other =
          files.map(file -> file.getFileName().toString()).filter(f -> !ours.contains(f)).findAny();
      if (other.isPresent()) {
        throw new EmbeddedServerException(
            "expected %s to be empty or to hold a broker's data, but it holds %s and no %s; do choose another directory, or empty this one if nothing in it is needed"
                .formatted(path, other.get(), META_PROPERTIES));
      }
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "expected to list %s, but the system refuses (%s); do change its permissions"
              .formatted(path, e),
          e);
    }
  }

  private static MetaProperties readMeta(Path file) {
    try {
      Properties properties = PropertiesUtils.readPropertiesFile(file.toString());
      return new MetaProperties.Builder(properties).build();
    } catch (IOException | RuntimeException e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static EmbeddedServerException damaged(
      Path file, String reason, @Nullable Throwable cause) {
    return new EmbeddedServerException(
        "expected %s to describe a broker's data, but it is damaged (%s); do restore the file, or remove the whole directory, which loses its topics"
            .formatted(file, reason),
        cause);
  }

  private static EmbeddedServerException inUse(Path path, String holder) {
    return new EmbeddedServerException(
        "expected %s to be unused, but %s runs a broker on it; do stop that one, or choose another directory"
            .formatted(path, holder));
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The lock goes with the process at the latest.
    }
  }
}
