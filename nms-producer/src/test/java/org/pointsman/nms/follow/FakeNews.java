package org.pointsman.nms.follow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.errors.InterruptException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.LogRecord;

/** A cluster whose news a test tells. */
public class FakeNews implements ClusterNews {
  private final FollowedCluster followed;
  private final BlockingQueue<LogRecord> records = new LinkedBlockingQueue<>();

  public FakeNews(Collection<? extends Entity> entities, ClusterId cluster) {
    this.followed = new FollowedCluster(cluster);
    entities.forEach(followed::load);
  }

  /** What the next poll tells. */
  public void tell(LogRecord record) {
    records.add(record);
  }

  @Override
  public FollowedCluster snapshot() {
    return followed;
  }

  @Override
  public List<LogRecord> poll(Duration patience) {
    List<LogRecord> taken = new ArrayList<>();
    try {
      LogRecord first = records.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (first != null) {
        taken.add(first);
        records.drainTo(taken);
      }
    } catch (InterruptedException interrupted) {
      throw new InterruptException(interrupted);
    }
    return taken;
  }

  @Override
  public void close() {
    records.clear();
  }
}
