package org.pointsman.nms;

import java.time.Duration;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.NotEnoughReplicasAfterAppendException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.pointsman.model.NetworkEvent;
import org.pointsman.registry.RegistryUnavailableException;

/**
 * Says in a sentence why an event was not acknowledged.
 *
 * @param topic the events topic
 * @param bootstrapServers where its brokers should be
 * @param timeout the delivery timeout
 */
record DeliveryErrors(String topic, String bootstrapServers, Duration timeout) {

  DeliveryException explain(NetworkEvent event, Throwable failure) {
    return new DeliveryException(
        sentence("event " + event.eventId(), failure), isPerhapsRecorded(failure), failure);
  }

  /**
   * It failed before anything was sent.
   *
   * @param event what was to be sent, as a sentence calls it
   */
  DeliveryException explainUnsent(String event, Throwable failure) {
    return new DeliveryException(sentence(event, failure), false, failure);
  }

  /** Kafka's client would not even start. */
  DeliveryException explainSettings(KafkaException refused) {
    Throwable cause = refused.getCause() == null ? refused : refused.getCause();
    return new DeliveryException(
        "expected settings for %s that Kafka's client takes but %s"
            .formatted(bootstrapServers, reason(cause)),
        false,
        refused);
  }

  private String sentence(String event, Throwable failure) {
    return switch (failure) {
      case UnknownTopicOrPartitionException _ ->
          "expected topic %s at %s but there is none; do: pointsman topics create"
              .formatted(topic, bootstrapServers);
      case InvalidTopicException _ ->
          "expected a topic name but '%s' is none; change --topic-prefix".formatted(topic);
      case RegistryUnavailableException _ -> reason(failure);
      case TimeoutException _ ->
          ("expected a Kafka broker at %s to answer within %d s but none did (%s); is it running, and"
                  + " is --bootstrap-servers right?")
              .formatted(bootstrapServers, timeout.toSeconds(), failure.getMessage());
      case RecordTooLargeException _ -> tooLarge(event, failure);
      case RecordBatchTooLargeException _ -> tooLarge(event, failure);
      case NotEnoughReplicasException _ -> tooFewReplicas(failure);
      case NotEnoughReplicasAfterAppendException _ -> tooFewReplicas(failure);
      case AuthenticationException _ ->
          "expected the broker at %s to let this client in but it refused: %s; see --config"
              .formatted(bootstrapServers, failure.getMessage());
      case AuthorizationException _ ->
          "expected leave to write to topic %s at %s but the broker refused: %s"
              .formatted(topic, bootstrapServers, failure.getMessage());
      case InterruptException _ -> "stopped while sending %s".formatted(event);
      case ConfigException _ ->
          "expected settings that Kafka's client takes but %s".formatted(failure.getMessage());
      case SerializationException _ ->
          "expected to encode %s but %s".formatted(event, reason(failure));
      default ->
          "expected topic %s at %s to take %s but %s"
              .formatted(topic, bootstrapServers, event, reason(failure));
    };
  }

  private static String tooLarge(String event, Throwable failure) {
    return ("expected %s to fit into a record but it is too large (%s); allow larger ones"
            + " (max.request.size here, max.message.bytes of the topic)")
        .formatted(event, failure.getMessage());
  }

  private String tooFewReplicas(Throwable failure) {
    return "expected enough in-sync replicas of topic %s at %s but there are too few (%s); start the"
            .formatted(topic, bootstrapServers, failure.getMessage())
        + " missing brokers";
  }

  /** The failure's own words and, where a wrapper hides them, its cause's. */
  private static String reason(Throwable failure) {
    Throwable cause = failure.getCause();
    String own =
        failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    return cause == null || cause.getMessage() == null || own.contains(cause.getMessage())
        ? own
        : own + ": " + cause.getMessage();
  }

  private static boolean isPerhapsRecorded(Throwable failure) {
    return failure instanceof TimeoutException
        || failure instanceof InterruptException
        || failure instanceof NotEnoughReplicasAfterAppendException;
  }
}
