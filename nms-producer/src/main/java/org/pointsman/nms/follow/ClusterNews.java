package org.pointsman.nms.follow;

import java.time.Duration;
import java.util.List;
import org.pointsman.model.LogRecord;

/**
 * What happens in one cluster, from the moment on at which this was opened. For one thread at a
 * time.
 */
public interface ClusterNews extends AutoCloseable {

  /** The cluster as it is now; what {@link #poll} tells later may be in it already. */
  FollowedCluster snapshot();

  /**
   * The events, decisions and rejections since the last time; waits for the first if there are none
   * yet.
   *
   * @throws org.apache.kafka.common.KafkaException if the brokers refuse
   */
  List<LogRecord> poll(Duration patience);

  @Override
  void close();
}
