package org.pointsman.director.feed;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.table.ChangeSet;
import org.pointsman.director.table.EntityChange;
import org.pointsman.director.table.EntityTable;
import org.pointsman.director.table.Entry;
import org.pointsman.model.ClusterId;
import org.pointsman.model.DirectorStatus.TableStatus;
import org.pointsman.model.Entity;
import org.pointsman.model.EntityKey;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes what the log says stand in a data plane.
 *
 * <p>Entries for which the plane has no room are kept and tried again whenever something has gone.
 */
public final class Reconciler {
  private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

  /**
   * What is known of the cluster.
   *
   * @param tunnels how many tunnels
   * @param pending those of them that wait for a server
   * @param servers how many real servers
   * @param refused entries for which the data plane has no room
   */
  public record Holdings(int tunnels, int pending, int servers, int refused) {}

  private final ClusterId cluster;
  private final DataPlane plane;
  private final EntityTable table;
  private final Map<Entry.Key, Refusal> refused = new LinkedHashMap<>();
  private boolean started;

  public Reconciler(ClusterId cluster, Side side, DataPlane plane) {
    this.cluster = cluster;
    this.plane = plane;
    this.table = new EntityTable(cluster, side);
  }

  /**
   * Takes the whole state, at the start or anew, and removes from the plane whatever does not
   * belong to it; the first time, starts the plane.
   *
   * @param epoch of the last decision that led to it, which may have been a release
   * @return how many records were older than others among them
   */
  public synchronized int load(Collection<EntityChange> changes, long epoch) {
    ChangeSet changeSet = table.reload(changes, epoch);
    boolean wasEmpty = plane.isEmpty();
    push(changeSet);
    if (!wasEmpty) { // else it has what it was given, and a million keys need not be compared
      plane.prune(table.entries());
    }
    if (!started) {
      started = true;
      plane.start();
    }
    return changeSet.staleRecords();
  }

  /**
   * Takes records in the order of the log.
   *
   * @return how many were older than what was known
   */
  public synchronized int apply(Collection<EntityChange> changes) {
    ChangeSet changeSet = table.apply(changes);
    push(changeSet);
    return changeSet.staleRecords();
  }

  /** The server to which the plane steers an address: what it does, not what it should do. */
  public synchronized Optional<ServerId> serverOf(IpAddress address) {
    int index = plane.lookup(address);
    return index == 0 ? Optional.empty() : table.serverName(index);
  }

  public synchronized Optional<ServerId> serverName(int index) {
    return table.serverName(index);
  }

  /** The servers whose MAC address the plane does not know, by name. */
  public synchronized List<EntityKey.Server> unresolvedServers() {
    return plane.unresolved().stream()
        .flatMap(index -> table.serverName(index).stream())
        .sorted()
        .map(server -> new EntityKey.Server(cluster, server))
        .toList();
  }

  public synchronized Holdings holdings() {
    return new Holdings(
        table.tunnelCount(), table.pendingCount(), table.servers().size(), refused.size());
  }

  /** What the table holds at this moment, as directors tell each other. */
  public synchronized TableStatus tableStatus() {
    return new TableStatus(
        cluster,
        table.epoch(),
        table.digest(),
        table.tunnelCount() - table.pendingCount(),
        table.servers().size());
  }

  /** Everything that is known of the cluster, for a snapshot. */
  synchronized List<Entity> entities() {
    return table.known();
  }

  /** The addresses that peers send to. */
  public synchronized List<IpAddress> virtualAddresses() {
    return table.virtualAddresses();
  }

  private void push(ChangeSet changes) {
    changes.problems().forEach(log::error);
    if (!refused.isEmpty()) {
      changes.updates().forEach(entry -> refused.remove(entry.key()));
      changes.deletes().forEach(refused::remove);
    }
    List<Refusal> refusals = new ArrayList<>(plane.update(changes.updates()));
    plane.delete(changes.deletes());
    if (!refused.isEmpty() && !changes.deletes().isEmpty()) {
      List<Entry> again = refused.values().stream().map(Refusal::entry).toList();
      refused.clear();
      plane.update(again).forEach(refusal -> refused.put(refusal.entry().key(), refusal));
    }
    if (!refusals.isEmpty()) {
      refusals.forEach(refusal -> refused.put(refusal.entry().key(), refusal));
      Refusal first = refusals.getFirst();
      log.error(
          "no room for {} more entries, {} in all, for example {}: {}",
          refusals.size(),
          refused.size(),
          first.entry().key(),
          first.reason());
    }
  }
}
