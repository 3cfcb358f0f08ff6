package org.pointsman.director;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.pointsman.director.feed.TopicFacts;
import org.pointsman.topics.Topics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a broker about a topic, with a connection for each question: there are few. */
final class TopicInquiry implements TopicFacts.Inquiry {
  private static final Logger log = LoggerFactory.getLogger(TopicInquiry.class);

  private static final int ASK_MILLIS = 5_000;

  private final Map<String, Object> properties;

  TopicInquiry(Map<String, ?> connection) {
    this.properties = new HashMap<>(connection);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ASK_MILLIS);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ASK_MILLIS);
  }

  @Override
  public TopicFacts ask(String topic) {
    try (Admin admin = Admin.create(properties)) {
      String id = description(admin, topic);
      return new TopicFacts(id, tombstonesKept(admin, topic));
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof KafkaException kafkas
          ? kafkas
          : new KafkaException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new org.apache.kafka.common.errors.InterruptException(interrupted);
    }
  }

  private static String description(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(List.of(topic)).allTopicNames().get().values().stream()
        .map(description -> description.topicId().toString())
        .findFirst()
        .orElseThrow();
  }

  private static Duration tombstonesKept(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    try {
      return admin.describeConfigs(List.of(resource)).all().get().values().stream()
          .map(TopicInquiry::tombstonesKept)
          .findFirst()
          .orElse(Topics.TOMBSTONES_KEPT);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof AuthorizationException refusal) {
        log.debug("not told the settings of {}", topic, refusal);
        return Topics.TOMBSTONES_KEPT;
      }
      throw failed;
    }
  }

  private static Duration tombstonesKept(Config config) {
    ConfigEntry kept = config.get(TopicConfig.DELETE_RETENTION_MS_CONFIG);
    return kept == null || kept.value() == null
        ? Topics.TOMBSTONES_KEPT
        : Duration.ofMillis(Long.parseLong(kept.value()));
  }
}
