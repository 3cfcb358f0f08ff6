package org.pointsman.assigner.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Decision;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/**
 * A cluster's entities and the indexes over them, kept by one method for both that use it: the
 * {@link ClusterState}, and the {@link Draft} of decisions laid over one. So a draft foretells
 * exactly what the state will be.
 *
 * <p>A decision costs O(log tunnels + log servers); one about a server that changes who may be
 * given tunnels costs O(servers), since all turns begin anew.
 */
abstract sealed class Tables implements ClusterView permits ClusterState, Draft {
  private final ClusterId cluster;
  private final @Nullable Tables below;

  private long epoch;
  private long announces;
  private ClusterConfig config;

  private final Layer<TunnelId, Assignment> tunnels;
  private int tunnelCount;
  private final Layer<IpPrefix, TunnelId> subnets;
  private final SequenceIndex<IpAddress> addresses;
  private final SequenceIndex<ServerId> places;
  private final TunnelSequence pending;

  private final TreeSet<Deadline> deadlines = new TreeSet<>();
  private @Nullable Deadline earliest;

  private ServerBook book;
  private boolean bookIsOwn;

  Tables(ClusterId cluster) {
    this.cluster = cluster;
    below = null;
    config = ClusterConfig.defaults(cluster);
    tunnels = new Layer<>(null);
    subnets = new Layer<>(null);
    addresses = new SequenceIndex<>(null);
    places = new SequenceIndex<>(null);
    pending = new TunnelSequence(null);
    book = new ServerBook(config.policy());
    bookIsOwn = true;
  }

  /** What is in {@code below}, to be changed here and not there. O(1). */
  Tables(Tables below) {
    this.cluster = below.cluster;
    this.below = below;
    epoch = below.epoch;
    announces = below.announces;
    config = below.config;
    tunnels = new Layer<>(below::assignment);
    tunnelCount = below.tunnelCount;
    subnets = new Layer<>(below::tunnelBehind);
    addresses = new SequenceIndex<>(below::tunnelsAt);
    places = new SequenceIndex<>(below::tunnelsOf);
    pending = new TunnelSequence(below.pending);
    book = below.book;
    bookIsOwn = false; // copied when the first decision changes it
  }

  /** Makes the decision so. */
  final void put(Decision decision) {
    switch (decision.key()) {
      case EntityKey.Tunnel key ->
          putTunnel(
              key.tunnel(),
              (Assignment) decision.after(),
              decision.reason() != DecisionReason.PINNED);
      case EntityKey.Server key -> putServer(key.server(), (RealServer) decision.after());
      case EntityKey.Config _ -> putConfig((ClusterConfig) decision.after());
    }
    epoch = decision.epoch();
  }

  final void putTunnel(TunnelId tunnel, @Nullable Assignment after, boolean countsAsTurn) {
    Assignment before = tunnels.get(tunnel);
    if (before == null && after == null) {
      return;
    }
    indexSubnets(before, after);
    indexAddresses(before, after);
    indexPlace(before, after, countsAsTurn);
    indexDeadline(
        before == null ? null : deadline(before.key(), before.deadline()),
        after == null ? null : deadline(after.key(), after.deadline()));
    if (after == null) {
      tunnels.remove(tunnel);
    } else {
      tunnels.put(tunnel, after);
      announces = Math.max(announces, after.order());
    }
    tunnelCount += (after == null ? 0 : 1) - (before == null ? 0 : 1);
  }

  final void putServer(ServerId server, @Nullable RealServer after) {
    RealServer before = book.server(server);
    indexDeadline(
        before == null ? null : deadline(before.key(), before.drainDeadline()),
        after == null ? null : deadline(after.key(), after.drainDeadline()));
    ownBook().put(server, after);
  }

  final void putConfig(@Nullable ClusterConfig after) {
    config = after == null ? ClusterConfig.defaults(cluster) : after;
    ownBook().setPolicy(config.policy());
  }

  final void putCursor(Cursor cursor) {
    epoch = cursor.epoch();
    announces = cursor.announces();
    ownBook().setTurns(cursor.turns());
  }

  /** The servers as the policy sees them; for reading. */
  final ServerBook book() {
    return book;
  }

  @Override
  public final ClusterId cluster() {
    return cluster;
  }

  @Override
  public final long epoch() {
    return epoch;
  }

  @Override
  public final Cursor cursor() {
    return new Cursor(epoch, announces, book.turnsOfEach());
  }

  final long announces() {
    return announces;
  }

  @Override
  public final ClusterConfig config() {
    return config;
  }

  @Override
  public final @Nullable Assignment assignment(TunnelId tunnel) {
    return tunnels.get(tunnel);
  }

  @Override
  public final @Nullable RealServer server(ServerId server) {
    return book.server(server);
  }

  @Override
  public final Collection<RealServer> servers() {
    return book.servers();
  }

  @Override
  public final Collection<Assignment> assignments() {
    TreeMap<TunnelId, Assignment> sorted = new TreeMap<>();
    if (below != null) {
      for (Assignment assignment : below.assignments()) {
        if (tunnels.get(assignment.tunnel()) != null) {
          sorted.put(assignment.tunnel(), assignment);
        }
      }
    }
    for (Assignment assignment : tunnels.ownValues()) {
      sorted.put(assignment.tunnel(), assignment);
    }
    return sorted.values();
  }

  @Override
  public final int serverCount() {
    return book.registered();
  }

  @Override
  public final int tunnelCount() {
    return tunnelCount;
  }

  @Override
  public final Load load(ServerId server) {
    Slot slot = book.slot(server);
    return slot == null ? new Load(0, 0) : new Load(slot.tunnels, slot.bitsPerSecond());
  }

  @Override
  public final TunnelsInOrder tunnelsOf(ServerId server) {
    return places.get(server);
  }

  @Override
  public final TunnelsInOrder tunnelsAt(IpAddress outerAddress) {
    return addresses.get(outerAddress);
  }

  @Override
  public final @Nullable TunnelId tunnelBehind(IpPrefix innerSubnet) {
    return subnets.get(innerSubnet);
  }

  @Override
  public final TunnelsInOrder pending() {
    return pending;
  }

  @Override
  public final List<Deadline> deadlinesUntil(Instant now) {
    List<Deadline> due = new ArrayList<>();
    if (earliest != null && !earliest.due().isAfter(now)) {
      for (Deadline deadline : deadlines) {
        if (deadline.due().isAfter(now)) {
          break;
        }
        due.add(deadline);
      }
    }
    if (below != null) {
      for (Deadline deadline : below.deadlinesUntil(now)) {
        if (deadline.due().equals(deadlineOf(deadline.key())) && !deadlines.contains(deadline)) {
          due.add(deadline);
        }
      }
      due.sort(null);
    }
    return due;
  }

  /** When something next happens to it by itself, or null for never. */
  final @Nullable Instant deadlineOf(EntityKey key) {
    return switch (key) {
      case EntityKey.Config _ -> null;
      case EntityKey.Server server -> {
        RealServer known = book.server(server.server());
        yield known == null ? null : known.drainDeadline();
      }
      case EntityKey.Tunnel tunnel -> {
        Assignment known = tunnels.get(tunnel.tunnel());
        yield known == null ? null : known.deadline();
      }
    };
  }

  private void indexSubnets(@Nullable Assignment before, @Nullable Assignment after) {
    if (before != null && after != null && before.innerSubnets().equals(after.innerSubnets())) {
      return;
    }
    if (before != null) {
      for (IpPrefix subnet : before.innerSubnets()) {
        if (before.tunnel().equals(subnets.get(subnet))) {
          subnets.remove(subnet);
        }
      }
    }
    if (after != null) {
      for (IpPrefix subnet : after.innerSubnets()) {
        subnets.put(subnet, after.tunnel());
      }
    }
  }

  private void indexAddresses(@Nullable Assignment before, @Nullable Assignment after) {
    if (before != null
        && after != null
        && before.order() == after.order()
        && before.outerAddresses().equals(after.outerAddresses())) {
      return;
    }
    if (before != null) {
      for (IpAddress address : before.outerAddresses()) {
        addresses.remove(address, before.order());
      }
    }
    if (after != null) {
      for (IpAddress address : after.outerAddresses()) {
        addresses.add(address, after.order(), after.tunnel());
      }
    }
  }

  private void indexPlace(
      @Nullable Assignment before, @Nullable Assignment after, boolean countsAsTurn) {
    if (before != null
        && after != null
        && before.order() == after.order()
        && Objects.equals(before.server(), after.server())) {
      long bits = before.expectedBitsPerSecond();
      if (after.server() != null && bits != after.expectedBitsPerSecond()) {
        ownBook().changeTraffic(after.server(), bits, after.expectedBitsPerSecond());
      }
      return;
    }
    if (before != null) {
      leave(before);
    }
    if (after != null) {
      enter(after, countsAsTurn);
    }
  }

  private void leave(Assignment assignment) {
    ServerId server = assignment.server();
    if (server == null) {
      pending.remove(assignment.order());
    } else {
      places.remove(server, assignment.order());
      ownBook().removeTunnel(server, assignment.expectedBitsPerSecond());
    }
  }

  private void enter(Assignment assignment, boolean countsAsTurn) {
    ServerId server = assignment.server();
    if (server == null) {
      pending.add(assignment.order(), assignment.tunnel());
    } else {
      places.add(server, assignment.order(), assignment.tunnel());
      ownBook().addTunnel(server, assignment.expectedBitsPerSecond(), countsAsTurn);
    }
  }

  private void indexDeadline(@Nullable Deadline before, @Nullable Deadline after) {
    if (Objects.equals(before, after)) {
      return;
    }
    if (before != null) {
      deadlines.remove(before);
    }
    if (after != null) {
      deadlines.add(after);
    }
    if (before != null && before.equals(earliest)) {
      earliest = deadlines.isEmpty() ? null : deadlines.first();
    } else if (after != null && (earliest == null || after.compareTo(earliest) < 0)) {
      earliest = after;
    }
  }

  private static @Nullable Deadline deadline(EntityKey key, @Nullable Instant due) {
    return due == null ? null : new Deadline(due, key);
  }

  private ServerBook ownBook() {
    if (!bookIsOwn) {
      book = book.copy();
      bookIsOwn = true;
    }
    return book;
  }
}
