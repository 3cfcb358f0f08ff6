package org.pointsman.topics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topics of a deployment, and tells what differs where they are there already. */
public final class TopicCreator {
  private static final int READY_ATTEMPTS = 300;
  private static final long READY_PAUSE_MILLIS = 100;

  private final Admin admin;
  private final Topics topics;

  public TopicCreator(Admin admin, Topics topics) {
    this.admin = admin;
    this.topics = topics;
  }

  /**
   * What was found or made.
   *
   * @param created the topics that were not there
   * @param differences sentences about topics that are there but not as the catalogue says
   */
  public record Result(List<String> created, List<String> differences) {
    public Result {
      created = List.copyOf(created);
      differences = List.copyOf(differences);
    }
  }

  /**
   * Makes those that are missing, waits until the brokers serve them, and compares all with the
   * catalogue.
   *
   * @param partitions of every topic
   * @param replicationFactor empty for the broker's default
   * @throws KafkaException if the brokers do not answer or refuse
   */
  public Result create(int partitions, Optional<Short> replicationFactor) {
    List<String> created =
        topics.specs().stream()
            .filter(spec -> isCreated(spec, partitions, replicationFactor))
            .map(TopicSpec::name)
            .toList();
    awaitServed();
    return new Result(created, differences(partitions));
  }

  private boolean isCreated(TopicSpec spec, int partitions, Optional<Short> replicationFactor) {
    NewTopic topic = new NewTopic(spec.name(), Optional.of(partitions), replicationFactor);
    try {
      await(admin.createTopics(List.of(topic.configs(spec.configs()))).all());
      return true;
    } catch (TopicExistsException there) {
      return false;
    }
  }

  /** The topics of the catalogue that the brokers have, by name, with their partitions. */
  public Map<String, Integer> partitions() {
    Set<String> there = await(admin.listTopics().names());
    List<String> ours = topics.names().stream().filter(there::contains).toList();
    Map<String, Integer> partitions = new TreeMap<>();
    for (TopicDescription topic : await(admin.describeTopics(ours).allTopicNames()).values()) {
      partitions.put(topic.name(), topic.partitions().size());
    }
    return partitions;
  }

  /**
   * A topic is made before every broker knows it and before its partitions have leaders; whoever
   * comes in between sees errors.
   */
  private void awaitServed() {
    for (int attempt = 1; ; attempt++) {
      try {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (TopicDescription topic :
            await(admin.describeTopics(topics.names()).allTopicNames()).values()) {
          topic
              .partitions()
              .forEach(
                  partition ->
                      all.put(
                          new TopicPartition(topic.name(), partition.partition()),
                          OffsetSpec.latest()));
        }
        await(admin.listOffsets(all).all());
        return;
      } catch (RetriableException notYet) {
        if (attempt == READY_ATTEMPTS) {
          throw notYet;
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(READY_PAUSE_MILLIS);
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }

  private List<String> differences(int partitions) {
    List<String> differences = new ArrayList<>();
    partitions()
        .forEach(
            (topic, there) -> {
              if (there != partitions) {
                differences.add(
                    "expected %d partitions in %s but it has %d; all topics need the same number, so give --partitions %d if all have it, and make the topic anew if not"
                        .formatted(partitions, topic, there, there));
              }
            });
    Map<ConfigResource, TopicSpec> specs =
        topics.specs().stream()
            .collect(
                Collectors.toMap(
                    spec -> new ConfigResource(ConfigResource.Type.TOPIC, spec.name()),
                    spec -> spec));
    Map<ConfigResource, Config> configs = await(admin.describeConfigs(specs.keySet()).all());
    for (TopicSpec spec : topics.specs()) {
      Config config = configs.get(new ConfigResource(ConfigResource.Type.TOPIC, spec.name()));
      if (config != null) {
        new TreeMap<>(spec.configs())
            .forEach((key, value) -> compare(spec.name(), key, value, config, differences));
      }
    }
    return differences;
  }

  private static void compare(
      String topic, String key, String expected, Config config, List<String> differences) {
    ConfigEntry entry = config.get(key);
    if (entry != null && !expected.equals(entry.value())) {
      differences.add(
          "expected %s=%s in %s but it has %s; set it with kafka-configs --alter"
              .formatted(key, expected, topic, entry.value()));
    }
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get();
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof KafkaException kafka
          ? kafka
          : new KafkaException(failed.getCause());
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
  }
}
