package org.pointsman.topics;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Utils;
import org.pointsman.model.ClusterId;

/**
 * The catalogue of a deployment's topics.
 *
 * <p>All topics have the same number of partitions, and everything of one cluster goes to one
 * partition: {@link #partitionOf}. So a cluster's events are totally ordered, one task decides on
 * them, and a director that reads one partition sees a consistent prefix of the decisions.
 */
public final class Topics {
  public static final String DEFAULT_PREFIX = "pointsman.";
  public static final int DEFAULT_PARTITIONS = 12;
  public static final Duration REJECTIONS_KEPT = Duration.ofDays(30);
  public static final Duration TOMBSTONES_KEPT = Duration.ofDays(7);

  private static final int STATUS_SEGMENT_BYTES = 8 << 20;

  private final String prefix;

  /**
   * @param prefix what every topic name starts with; may be empty
   */
  public Topics(String prefix) {
    this.prefix = prefix;
  }

  public String events() {
    return prefix + "events";
  }

  public String assignments() {
    return prefix + "assignments";
  }

  public String decisions() {
    return prefix + "decisions";
  }

  public String rejections() {
    return prefix + "rejections";
  }

  public String directors() {
    return prefix + "directors";
  }

  public String assigners() {
    return prefix + "assigners";
  }

  public List<String> names() {
    return List.of(events(), assignments(), decisions(), rejections(), directors(), assigners());
  }

  /** The whole catalogue, in the order of the flow. */
  public List<TopicSpec> specs() {
    return List.of(
        new TopicSpec(
            events(),
            "CLUSTER",
            List.of("NetworkEvent"),
            kept("message.timestamp.type", "LogAppendTime")),
        new TopicSpec(
            assignments(),
            "CLUSTER/tunnel/ID, CLUSTER/server/ID, CLUSTER/config",
            List.of("Assignment", "RealServer", "ClusterConfig"),
            compacted()),
        new TopicSpec(decisions(), "as in assignments", List.of("Decision"), kept()),
        new TopicSpec(
            rejections(),
            "CLUSTER, or none",
            List.of("Rejection"),
            Map.of(
                "cleanup.policy",
                "delete",
                "retention.ms",
                Long.toString(REJECTIONS_KEPT.toMillis()))),
        new TopicSpec(directors(), "DIRECTOR", List.of("DirectorStatus"), statuses()),
        new TopicSpec(assigners(), "CLUSTER", List.of("AssignerStatus"), statuses()));
  }

  private static Map<String, String> kept(String... more) {
    Map<String, String> configs = new TreeMap<>();
    configs.put("cleanup.policy", "delete");
    configs.put("retention.ms", "-1");
    configs.put("retention.bytes", "-1");
    for (int i = 0; i < more.length; i += 2) {
      configs.put(more[i], more[i + 1]);
    }
    return configs;
  }

  /** Tombstones stay for a week, so that a director may be away for as long. */
  private static Map<String, String> compacted() {
    return Map.of(
        "cleanup.policy",
        "compact",
        "delete.retention.ms",
        Long.toString(TOMBSTONES_KEPT.toMillis()));
  }

  /**
   * A status comes with every batch of changes and only the last one of each key counts, so
   * segments are small: the open one is never compacted, and whoever starts has to read it. They
   * carry the broker's time, by which it is told who is still there.
   */
  private static Map<String, String> statuses() {
    Map<String, String> configs = new TreeMap<>(compacted());
    configs.put("segment.bytes", Integer.toString(STATUS_SEGMENT_BYTES));
    configs.put("message.timestamp.type", "LogAppendTime");
    return configs;
  }

  /**
   * The partition of every record of {@code cluster}, in every topic: what Kafka's default
   * partitioner gives for the cluster's name as key.
   */
  public static int partitionOf(ClusterId cluster, int partitions) {
    byte[] key = cluster.value().getBytes(StandardCharsets.UTF_8);
    return Utils.toPositive(Utils.murmur2(key)) % partitions;
  }
}
