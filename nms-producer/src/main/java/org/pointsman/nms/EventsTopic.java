package org.pointsman.nms;

import org.apache.kafka.common.KafkaException;

/** What a client must know of the events topic before it can send. */
interface EventsTopic {

  /**
   * How many partitions the topic has; the number never changes, because it decides which partition
   * is a cluster's. The first call asks the brokers and waits for their answer.
   *
   * @throws KafkaException if they give none, or there is no such topic
   */
  int partitions();
}
