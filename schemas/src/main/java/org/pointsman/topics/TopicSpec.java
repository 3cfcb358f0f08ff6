package org.pointsman.topics;

import java.util.List;
import java.util.Map;

/**
 * What a topic is like.
 *
 * @param name its whole name
 * @param key what its keys are, for people
 * @param values the simple names of the records in it
 * @param configs Kafka's settings of the topic that Pointsman relies on
 */
public record TopicSpec(String name, String key, List<String> values, Map<String, String> configs) {
  public TopicSpec {
    values = List.copyOf(values);
    configs = Map.copyOf(configs);
  }

  /** {@code delete} or {@code compact}. */
  public String cleanupPolicy() {
    return configs.getOrDefault("cleanup.policy", "delete");
  }
}
