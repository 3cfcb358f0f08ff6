package org.pointsman.assigner;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.model.InvalidValueException;

/**
 * How an assigner runs.
 *
 * @param applicationId the name that all instances of one assigner share; Kafka's consumer group
 *     and internal topics are called after it
 * @param stateDirectory where Kafka Streams keeps its files; one for each instance
 * @param threads how many partitions are worked on at once, 1 to {@link #MAX_THREADS}
 * @param standbyReplicas how many other instances keep each partition's state ready, 0 to 10
 * @param replicationFactor how many brokers keep the internal topics; -1 for the broker's default
 * @param commitInterval the least time between the ends of two transactions, 1 ms to 10 s; with a
 *     backlog they last 100 ms at the least
 */
public record AssignerSettings(
    String applicationId,
    Path stateDirectory,
    int threads,
    int standbyReplicas,
    int replicationFactor,
    Duration commitInterval) {
  public static final String DEFAULT_APPLICATION_ID = "pointsman-assigner";
  public static final int MAX_THREADS = 64;
  public static final Duration DEFAULT_COMMIT_INTERVAL = Duration.ofMillis(5);

  private static final int MAX_STANDBYS = 10;
  private static final int MAX_REPLICATION_FACTOR = 99;
  private static final Duration MAX_COMMIT_INTERVAL = Duration.ofSeconds(10);

  /**
   * Checks everything at once.
   *
   * @throws InvalidValueException naming every fault
   */
  public AssignerSettings {
    List<String> faults = new ArrayList<>();
    if (!applicationId.matches("[A-Za-z0-9._-]{1,100}")) {
      faults.add(
          "expected an application id of 1 to 100 letters, digits or ._- but got '%s'"
              .formatted(applicationId));
    }
    check(faults, "threads", threads, 1, MAX_THREADS);
    check(faults, "standby replicas", standbyReplicas, 0, MAX_STANDBYS);
    if (replicationFactor != -1) {
      check(faults, "a replication factor", replicationFactor, 1, MAX_REPLICATION_FACTOR);
    }
    if (commitInterval.toMillis() < 1 || commitInterval.compareTo(MAX_COMMIT_INTERVAL) > 0) {
      faults.add("expected a commit interval of 1 ms to 10 s but got " + commitInterval);
    }
    if (!faults.isEmpty()) {
      throw new InvalidValueException(String.join("; ", faults));
    }
  }

  private static void check(List<String> faults, String what, int value, int least, int most) {
    if (value < least || value > most) {
      faults.add("expected %s of %d to %d but got %d".formatted(what, least, most, value));
    }
  }

  /** One thread, one standby, and otherwise the defaults. */
  public static AssignerSettings defaults(Path stateDirectory) {
    return new AssignerSettings(
        DEFAULT_APPLICATION_ID, stateDirectory, 1, 1, -1, DEFAULT_COMMIT_INTERVAL);
  }

  public AssignerSettings withStandbyReplicas(int standbyReplicas) {
    return new AssignerSettings(
        applicationId, stateDirectory, threads, standbyReplicas, replicationFactor, commitInterval);
  }
}
