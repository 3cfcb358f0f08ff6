package org.pointsman.model;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a director has applied and seen: the record of the {@code directors} topic.
 *
 * @param director its name, unique in the deployment
 * @param side which packets it sees
 * @param dataPlane the name of its data plane
 * @param appliedOffsets for each partition of {@code assignments} that it reads, the offset after
 *     the last record applied
 * @param clusters what its table holds, a line for each cluster
 * @param unresolvedServers the real servers whose Ethernet address it does not know: packets of
 *     their tunnels go nowhere. Empty also in the records of releases that did not tell
 * @param steeredPackets packets sent to a real server since the director started
 * @param passedPackets packets left to the kernel since then
 * @param missedPackets packets for which it knew no tunnel since then
 * @param startedAt when it started, by its own clock
 * @param snapshotAt when it last wrote its snapshot, or null if it keeps none
 * @param time when it said this, by its own clock
 */
public record DirectorStatus(
    String director,
    Side side,
    String dataPlane,
    SortedMap<Integer, Long> appliedOffsets,
    List<TableStatus> clusters,
    List<EntityKey.Server> unresolvedServers,
    long steeredPackets,
    long passedPackets,
    long missedPackets,
    Instant startedAt,
    @Nullable Instant snapshotAt,
    Instant time)
    implements LogRecord {

  /**
   * What a director's table holds of one cluster.
   *
   * @param cluster its name
   * @param epoch the highest epoch applied
   * @param digest a digest of the assignments applied, 16 bytes, the same in whatever order they
   *     came
   * @param tunnels how many tunnels it steers
   * @param servers how many real servers it knows
   */
  public record TableStatus(
      ClusterId cluster, long epoch, RawBytes digest, int tunnels, int servers) {}

  public DirectorStatus {
    appliedOffsets = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(appliedOffsets));
    clusters = List.copyOf(clusters);
    unresolvedServers = List.copyOf(unresolvedServers);
  }

  /** Null: a director may serve several clusters. */
  @Override
  public @Nullable ClusterId cluster() {
    return null;
  }
}
