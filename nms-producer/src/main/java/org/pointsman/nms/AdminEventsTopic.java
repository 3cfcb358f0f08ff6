package org.pointsman.nms;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Asks the brokers, as an administrator would. A producer would find the same out by itself, but it
 * cannot tell a missing topic from a missing broker, and says nothing until its time is up.
 */
final class AdminEventsTopic implements EventsTopic {
  private final String topic;
  private final Map<String, Object> properties;
  private final Duration timeout;
  private final Duration noticeAfter;
  private final Consumer<String> notices;
  private int partitions;

  AdminEventsTopic(String topic, Map<String, Object> adminProperties, NmsSettings settings) {
    this.topic = topic;
    this.timeout = settings.deliveryTimeout();
    this.noticeAfter = settings.noticeAfter();
    this.notices = settings.notices();
    this.properties = KafkaProperties.admin(adminProperties, timeout);
  }

  @Override
  public synchronized int partitions() {
    if (partitions == 0) {
      partitions = ask();
    }
    return partitions;
  }

  private int ask() {
    try (Admin admin = Admin.create(properties)) {
      KafkaFuture<TopicDescription> answer =
          admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      if (answer == null) {
        throw new KafkaException("no answer for topic " + topic);
      }
      return await(answer).partitions().size();
    }
  }

  private TopicDescription await(KafkaFuture<TopicDescription> answer) {
    Duration first = noticeAfter.compareTo(timeout) < 0 ? noticeAfter : timeout;
    try {
      try {
        return answer.get(first.toMillis(), TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException notYet) {
        notices.accept(
            "waiting for a Kafka broker at %s, up to %d s"
                .formatted(KafkaProperties.bootstrapServers(properties), timeout.toSeconds()));
        return answer.get(timeout.minus(first).toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (ExecutionException failed) {
      throw failed.getCause() instanceof KafkaException kafka
          ? kafka
          : new KafkaException(failed.getCause());
    } catch (java.util.concurrent.TimeoutException never) {
      throw new TimeoutException("no broker answered", never);
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted); // sets the thread's flag again
    }
  }
}
