package org.pointsman.assigner.audit.command;

import java.io.PrintWriter;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.pointsman.assigner.audit.Recorded;
import org.pointsman.cli.CliException;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;

/** The decisions of one cluster in their order; tells of what is not as it should be. */
final class ClusterDecisions {
  private final TopicLog log;
  private final ClusterId cluster;
  private final PrintWriter err;
  private long epoch;
  private boolean isHoleTold;

  ClusterDecisions(TopicLog log, ClusterId cluster, PrintWriter err) {
    this.log = log;
    this.cluster = cluster;
    this.err = err;
  }

  /**
   * Reads them as far as they are committed now. A decision whose epoch has come already is passed
   * over.
   *
   * @param decisions hears each; false to hear no more
   * @throws CliException if there is none
   */
  void read(TopicPartition partition, Predicate<? super Recorded> decisions) {
    long end = log.committedEnds(partition.topic(), log.partitions()).getOrDefault(partition, 0L);
    log.read(Map.of(partition, end), line -> !isOfTheCluster(line) || take(line, decisions));
    if (epoch == 0) {
      throw new CliException(
          "expected decisions of cluster %s in %s but there are none; check --cluster"
              .formatted(cluster, partition));
    }
  }

  private boolean isOfTheCluster(TopicLog.Line line) {
    if (line.problem() != null) {
      err.printf("passed over: %s: %s%n", line.place(), line.problem());
    }
    return line.value() instanceof Decision decision && decision.cluster().equals(cluster);
  }

  private boolean take(TopicLog.Line line, Predicate<? super Recorded> decisions) {
    if (!(line.value() instanceof Decision decision) || decision.epoch() <= epoch) {
      tellHole(line);
      return true;
    }
    if (decision.epoch() != epoch + 1) {
      tellHole(line);
    }
    boolean isMoreWanted =
        decisions.test(new Recorded(line.place(), line.key(), line.producersTime(), decision));
    epoch = isMoreWanted || epoch == 0 ? decision.epoch() : epoch;
    return isMoreWanted;
  }

  private void tellHole(TopicLog.Line line) {
    if (!isHoleTold) {
      isHoleTold = true;
      err.printf(
          "expected epoch %d of cluster %s at %s but it is another: the record is not whole, so"
              + " what follows may be wrong; run 'audit verify'%n",
          epoch + 1, cluster, line.place());
    }
  }
}
