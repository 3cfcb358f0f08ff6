package org.pointsman.assigner.audit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterEvent;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.Event;
import org.pointsman.model.NetworkEvent;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerEvent;
import org.pointsman.model.ServerRegister;
import org.pointsman.model.TunnelAnnounce;
import org.pointsman.model.TunnelEvent;

/**
 * The events of one partition as far as the verification needs them, in columns: some 30 bytes for
 * each. Texts are kept as hashes: they are compared, never shown.
 */
final class LoggedEvents {
  private static final int UNKNOWN_CLUSTER = -1;
  private static final byte DECIDED = 1;
  private static final byte REJECTED = 2;

  private final List<ClusterId> clusters = new ArrayList<>();
  private final Map<ClusterId, Integer> clusterNumbers = new HashMap<>();
  private long first = -1;
  private int size;
  private long[] times = new long[1024];
  private int[] ids = new int[1024];
  private int[] subjects = new int[1024];
  private int[] contents = new int[1024];
  private int[] ofClusters = new int[1024];
  private EventKind[] kinds = new EventKind[1024];
  private byte[] there = new byte[1024];
  private byte[] outcomes = new byte[1024];

  /**
   * Takes the next record of the partition.
   *
   * @param event null if it cannot be read
   */
  void add(long offset, long time, @Nullable NetworkEvent event) {
    if (first < 0) {
      first = offset;
    }
    int index = Math.toIntExact(offset - first);
    grow(index + 1);
    size = index + 1;
    times[index] = time;
    there[index] = 1;
    ofClusters[index] = UNKNOWN_CLUSTER;
    if (event != null) {
      EntityKey subject = EventKind.subject(event.cluster(), event.payload());
      ids[index] = event.eventId().hashCode();
      subjects[index] = Objects.hashCode(subject);
      contents[index] = content(event.payload());
      kinds[index] = EventKind.of(event.payload());
      ofClusters[index] =
          clusterNumbers.computeIfAbsent(
              event.cluster(),
              cluster -> {
                clusters.add(cluster);
                return clusters.size() - 1;
              });
    }
  }

  private void grow(int least) {
    if (least > times.length) {
      int length = Math.max(least, times.length * 2);
      times = Arrays.copyOf(times, length);
      ids = Arrays.copyOf(ids, length);
      subjects = Arrays.copyOf(subjects, length);
      contents = Arrays.copyOf(contents, length);
      ofClusters = Arrays.copyOf(ofClusters, length);
      kinds = Arrays.copyOf(kinds, length);
      there = Arrays.copyOf(there, length);
      outcomes = Arrays.copyOf(outcomes, length);
    }
  }

  private static int content(Event event) {
    return switch (event) {
      case TunnelAnnounce announce ->
          Objects.hash(
              announce.outerAddresses(), announce.innerSubnets(), announce.expectedBitsPerSecond());
      case ServerRegister server ->
          Objects.hash(
              server.address(),
              server.mac(),
              server.weight(),
              server.maxTunnels(),
              server.maxBitsPerSecond());
      case TunnelEvent _, ServerEvent _, ClusterEvent _ -> 0;
    };
  }

  /** The offset of the first event that was read; negative if there was none. */
  long first() {
    return first;
  }

  /** The offset after the last. */
  long end() {
    return first + size;
  }

  boolean contains(long offset) {
    return first >= 0 && offset >= first && offset < first + size && there[index(offset)] != 0;
  }

  private int index(long offset) {
    return (int) (offset - first);
  }

  long time(long offset) {
    return times[index(offset)];
  }

  EventKind kind(long offset) {
    EventKind kind = kinds[index(offset)];
    return kind == null ? EventKind.NONE : kind;
  }

  boolean hasId(long offset, String eventId) {
    return ids[index(offset)] == eventId.hashCode();
  }

  /** Whose event it is, or null if it could not be read. */
  @Nullable ClusterId cluster(long offset) {
    int number = ofClusters[index(offset)];
    return number == UNKNOWN_CLUSTER ? null : clusters.get(number);
  }

  boolean isAbout(long offset, EntityKey key) {
    return subjects[index(offset)] == key.hashCode();
  }

  /** True if the event, an announcement or a registration, says of the entity what it has. */
  boolean says(long offset, Entity entity) {
    return contents[index(offset)]
        == switch (entity) {
          case Assignment tunnel ->
              Objects.hash(
                  tunnel.outerAddresses(), tunnel.innerSubnets(), tunnel.expectedBitsPerSecond());
          case RealServer server ->
              Objects.hash(
                  server.address(),
                  server.mac(),
                  server.weight(),
                  server.maxTunnels(),
                  server.maxBitsPerSecond());
          case ClusterConfig _ -> 0;
        };
  }

  void markDecided(long offset) {
    outcomes[index(offset)] |= DECIDED;
  }

  void markRejected(long offset) {
    outcomes[index(offset)] |= REJECTED;
  }

  boolean isDecided(long offset) {
    return (outcomes[index(offset)] & DECIDED) != 0;
  }

  boolean isRejected(long offset) {
    return (outcomes[index(offset)] & REJECTED) != 0;
  }
}
