package org.pointsman.assigner;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.processor.StateRestoreListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Says how far the reading back of the state is, if there is much of it. */
final class RestoreProgress implements StateRestoreListener {
  private static final Logger log = LoggerFactory.getLogger(RestoreProgress.class);
  private static final long WORTH_TELLING = 10_000;

  private final Map<TopicPartition, Long> restored = new ConcurrentHashMap<>();

  @Override
  public void onRestoreStart(TopicPartition partition, String store, long from, long to) {
    log.atLevel(to - from >= WORTH_TELLING ? Level.INFO : Level.DEBUG)
        .log("reading back {} records of {}", to - from, partition);
  }

  @Override
  public void onBatchRestored(TopicPartition partition, String store, long end, long more) {
    long before = restored.getOrDefault(partition, 0L);
    long now = before + more;
    restored.put(partition, now);
    if (before / (10 * WORTH_TELLING) != now / (10 * WORTH_TELLING)) {
      log.info("{} records of {} read back", now, partition);
    }
  }

  @Override
  public void onRestoreEnd(TopicPartition partition, String store, long total) {
    restored.remove(partition);
    if (total >= WORTH_TELLING) {
      log.info("{} is read back: {} records", partition, total);
    }
  }
}
