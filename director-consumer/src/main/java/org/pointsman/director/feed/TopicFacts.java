package org.pointsman.director.feed;

import java.time.Duration;

/**
 * What decides whether a snapshot may be gone on from.
 *
 * @param topicId the topic's own id
 * @param tombstonesKept how long a tombstone stays at least ({@code delete.retention.ms})
 */
public record TopicFacts(String topicId, Duration tombstonesKept) {

  /** Asks Kafka. */
  @FunctionalInterface
  public interface Inquiry {
    /**
     * Asks, and waits some seconds.
     *
     * @throws org.apache.kafka.common.errors.RetriableException if nobody answers, or there is no
     *     such topic
     * @throws org.apache.kafka.common.KafkaException if the broker refuses
     */
    TopicFacts ask(String topic);
  }
}
