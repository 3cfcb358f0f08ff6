package org.pointsman.model;

import java.time.Instant;
import org.pointsman.model.DirectorStatus.TableStatus;

/**
 * How far the assigner is with one cluster: the record of the {@code assigners} topic, written in
 * one transaction with what it decided. A director whose table is at the same epoch has the same
 * digest, or one of them is wrong.
 *
 * @param assigner the instance that has the cluster at present, for people
 * @param table the cluster's state in the assigner
 * @param partition the cluster's partition, of every topic
 * @param eventOffset the offset after the last event of that partition that it has dealt with; 0 if
 *     none since it took the partition over
 * @param time when it said this, by its own clock
 */
public record AssignerStatus(
    String assigner, TableStatus table, int partition, long eventOffset, Instant time)
    implements LogRecord {

  @Override
  public ClusterId cluster() {
    return table.cluster();
  }
}
