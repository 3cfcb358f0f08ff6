package org.pointsman.director.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.Assignment;
import org.pointsman.model.ClusterConfig;
import org.pointsman.model.ClusterId;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.RawBytes;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.pointsman.model.TableDigest;
import org.pointsman.model.TunnelId;

/**
 * One cluster as a director knows it: the tunnels, servers and settings that the log has told of,
 * and the entries that follow from them for one side.
 *
 * <p>{@link #apply} takes a batch of records and says what changes. However a sequence of records
 * is cut into batches, the entries at its end are the same. A tunnel that changes its server does
 * so with all its addresses in one change set.
 *
 * <p>A record older (by epoch) than what is known of the same key is ignored. After a tombstone
 * nothing is known, so an older record would count again; that one cannot come, because a key's
 * records stand in one partition in the order in which they were written, by one transactional
 * producer.
 *
 * <p>Records of other clusters, which share the partition, are ignored.
 */
public final class EntityTable {
  private final ClusterId cluster;
  private final Side side;
  private final Map<TunnelId, Assignment> tunnels = new HashMap<>();
  private final Map<ServerId, RealServer> servers = new HashMap<>();
  private final Owners<IpAddress> outer = new Owners<>();
  private final Owners<IpPrefix> inner = new Owners<>();
  private final ServerIndexes indexes = new ServerIndexes();
  private final TableDigest digest = new TableDigest();
  private int pending;
  private long epoch;

  /**
   * True while the digest has to be reckoned from all tunnels: who fills an empty table with a
   * million of them wants to steer first.
   */
  private boolean digestWaits;

  /** The server entries that the change sets so far amount to. */
  private final Map<ServerId, Entry.Server> published = new LinkedHashMap<>();

  private @Nullable ClusterConfig config;

  public EntityTable(ClusterId cluster, Side side) {
    this.cluster = cluster;
    this.side = side;
  }

  /** Takes records in the order of the log. */
  public ChangeSet apply(Collection<EntityChange> changes) {
    return apply(changes, new Batch(false), false);
  }

  /**
   * Takes the whole state anew: what {@code changes} do not end with is gone, and their epochs
   * count even where they are older (the topic was made anew). Servers keep their indexes.
   *
   * @param epochAtLeast of the last decision that led to it, which may have been a release
   */
  public ChangeSet reload(Collection<EntityChange> changes, long epochAtLeast) {
    Set<EntityKey> known = new LinkedHashSet<>();
    tunnels.values().forEach(tunnel -> known.add(tunnel.key()));
    servers.values().forEach(server -> known.add(server.key()));
    if (config != null) {
      known.add(config.key());
    }
    if (!known.isEmpty()) {
      changes.forEach(change -> known.remove(change.key()));
    }
    List<EntityChange> all = new ArrayList<>(changes);
    known.forEach(key -> all.add(EntityChange.gone(key)));
    epoch = epochAtLeast;
    boolean fills = tunnels.isEmpty() && servers.isEmpty() && config == null;
    digestWaits |= fills;
    return apply(all, new Batch(fills), true);
  }

  /** Every entry that follows from what is known. */
  public List<Entry> entries() {
    List<Entry> entries = new ArrayList<>();
    entries.addAll(published.values());
    virtualAddresses().forEach(address -> entries.add(new Entry.Virtual(address)));
    collect(outer, Entry.Outer::new, entries);
    collect(inner, Entry.Inner::new, entries);
    return entries;
  }

  /** The latest record of each key; taken anew, they give the same table. */
  public List<Entity> known() {
    List<Entity> known = new ArrayList<>(tunnels.size() + servers.size() + 1);
    known.addAll(servers.values());
    known.addAll(tunnels.values());
    if (config != null) {
      known.add(config);
    }
    return known;
  }

  /** The name of the server with this index. */
  public Optional<ServerId> serverName(int index) {
    return Optional.ofNullable(indexes.name(index));
  }

  /** The tunnels of which there is a record, in no order. */
  public Collection<Assignment> tunnels() {
    return Collections.unmodifiableCollection(tunnels.values());
  }

  public int tunnelCount() {
    return tunnels.size();
  }

  /** How many tunnels wait for a server. */
  public int pendingCount() {
    return pending;
  }

  /** The highest epoch taken; 0 before the first. */
  public long epoch() {
    return epoch;
  }

  /** The digest of the assignments as they stand, {@link TableDigest}. */
  public RawBytes digest() {
    if (digestWaits) {
      digestWaits = false;
      tunnels.values().forEach(digest::add);
    }
    return digest.value();
  }

  /** The servers of which there is a record, by name. */
  public List<RealServer> servers() {
    return servers.values().stream().sorted((a, b) -> a.server().compareTo(b.server())).toList();
  }

  public List<IpAddress> virtualAddresses() {
    return config == null ? List.of() : config.virtualAddresses();
  }

  private ChangeSet apply(Collection<EntityChange> changes, Batch batch, boolean evenIfOlder) {
    for (EntityChange change : changes) {
      if (!change.key().cluster().equals(cluster)) {
        continue;
      }
      Entity known = known(change.key());
      Entity entity = change.entity();
      if (!evenIfOlder && known != null && entity != null && entity.epoch() < known.epoch()) {
        batch.staleRecords++;
        continue;
      }
      epoch = Math.max(epoch, change.epoch());
      switch (change.key()) {
        case EntityKey.Tunnel key -> setTunnel(key.tunnel(), (Assignment) entity, batch);
        case EntityKey.Server key -> setServer(key.server(), (RealServer) entity, batch);
        case EntityKey.Config _ -> config = (ClusterConfig) entity;
      }
    }
    return batch.finish();
  }

  private @Nullable Entity known(EntityKey key) {
    return switch (key) {
      case EntityKey.Tunnel(_, TunnelId tunnel) -> tunnels.get(tunnel);
      case EntityKey.Server(_, ServerId server) -> servers.get(server);
      case EntityKey.Config _ -> config;
    };
  }

  private void setTunnel(TunnelId tunnel, @Nullable Assignment now, Batch batch) {
    Assignment before = now == null ? tunnels.remove(tunnel) : tunnels.put(tunnel, now);
    count(before, now);
    if (before != null && now != null && steersAlike(before, now)) {
      switch (side) {
        case OUTER -> now.outerAddresses().forEach(key -> outer.renew(key, now));
        case INNER -> now.innerSubnets().forEach(key -> inner.renew(key, now));
      }
      return;
    }
    if (before != null && before.server() != null) {
      switch (side) {
        case OUTER -> before.outerAddresses().forEach(key -> outer.remove(key, tunnel));
        case INNER -> before.innerSubnets().forEach(key -> inner.remove(key, tunnel));
      }
      batch.release(before.server());
    }
    if (now != null && now.server() != null) {
      batch.retain(now.server());
      switch (side) {
        case OUTER -> now.outerAddresses().forEach(key -> outer.add(key, now, !batch.fills));
        case INNER -> now.innerSubnets().forEach(key -> inner.add(key, now, !batch.fills));
      }
    }
  }

  private boolean steersAlike(Assignment before, Assignment now) {
    return now.server() != null
        && now.server().equals(before.server())
        && switch (side) {
          case OUTER -> now.outerAddresses().equals(before.outerAddresses());
          case INNER -> now.innerSubnets().equals(before.innerSubnets());
        };
  }

  private void count(@Nullable Assignment before, @Nullable Assignment now) {
    if (before != null) {
      if (!digestWaits) {
        digest.remove(before);
      }
      pending -= before.isPending() ? 1 : 0;
    }
    if (now != null) {
      if (!digestWaits) {
        digest.add(now);
      }
      pending += now.isPending() ? 1 : 0;
    }
  }

  private void setServer(ServerId server, @Nullable RealServer now, Batch batch) {
    RealServer before = now == null ? servers.remove(server) : servers.put(server, now);
    if (before != null) {
      batch.release(server);
    }
    if (now != null) {
      batch.retain(server);
    }
  }

  private Entry.Server serverEntry(ServerId server) {
    RealServer record = servers.get(server);
    return record == null
        ? new Entry.Server(indexes.of(server), server, null)
        : new Entry.Server(indexes.of(server), server, record.mac(), record.address());
  }

  private <K> void collect(
      Owners<K> owners, BiFunction<K, Integer, Entry> entry, List<Entry> entries) {
    for (K key : owners.keys()) {
      int server = indexes.of(owners.server(key));
      if (server != 0) {
        entries.add(entry.apply(key, server));
      }
    }
  }

  /** What a batch touched, and in the end what changed. */
  private final class Batch {
    private final List<IpAddress> virtualBefore = virtualAddresses();
    private final Set<ServerId> touchedServers = new LinkedHashSet<>();
    private final boolean fills;
    private int staleRecords;

    /**
     * @param fills true if there was nothing before: then every entry is new, and which keys are
     *     touched need not be noted
     */
    Batch(boolean fills) {
      this.fills = fills;
    }

    void retain(ServerId server) {
      touchedServers.add(server);
      indexes.retain(server);
    }

    void release(ServerId server) {
      touchedServers.add(server);
      indexes.release(server);
    }

    ChangeSet finish() {
      List<Entry> updates = new ArrayList<>();
      List<Entry.Key> deletes = new ArrayList<>();
      List<Entry.Key> gone = new ArrayList<>();
      List<String> problems = new ArrayList<>();
      for (ServerId server : touchedServers) {
        if (indexes.isUnused(server)) {
          int index = indexes.forget(server);
          if (published.remove(server) != null) {
            gone.add(new Entry.Key.Server(index));
          }
        } else if (indexes.of(server) == 0) {
          problems.add(
              "expected at most %,d real servers but %s is one more; its tunnels are not steered"
                  .formatted(SteeringTableLayout.MOST_SERVERS, server));
        } else {
          Entry.Server entry = serverEntry(server);
          if (!entry.equals(published.put(server, entry))) {
            updates.add(entry);
          }
        }
      }
      compareVirtualAddresses(updates, deletes);
      compare(outer, Entry.Outer::new, Entry.Key.Outer::new, updates, deletes);
      compare(inner, Entry.Inner::new, Entry.Key.Inner::new, updates, deletes);
      deletes.addAll(gone);
      return new ChangeSet(updates, deletes, staleRecords, problems);
    }

    private void compareVirtualAddresses(List<Entry> updates, List<Entry.Key> deletes) {
      List<IpAddress> now = virtualAddresses();
      for (IpAddress address : now) {
        if (!virtualBefore.contains(address)) {
          updates.add(new Entry.Virtual(address));
        }
      }
      for (IpAddress address : virtualBefore) {
        if (!now.contains(address)) {
          deletes.add(new Entry.Key.Virtual(address));
        }
      }
    }

    private <K> void compare(
        Owners<K> owners,
        BiFunction<K, Integer, Entry> entry,
        Function<K, Entry.Key> entryKey,
        List<Entry> updates,
        List<Entry.Key> deletes) {
      if (fills) {
        var _ = owners.takeTouched();
        collect(owners, entry, updates);
        return;
      }
      owners
          .takeTouched()
          .forEach(
              (key, before) -> {
                ServerId now = owners.server(key);
                if (indexes.of(now) != 0) {
                  if (!Objects.equals(before, now)) {
                    updates.add(entry.apply(key, indexes.of(now)));
                  }
                } else if (before != null) {
                  deletes.add(entryKey.apply(key));
                }
              });
    }
  }
}
