package org.pointsman.director.steer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.dataplane.FrameSteerer;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.table.EntityChange;
import org.pointsman.director.table.EntityTable;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.ClusterId;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

/** The table that a cluster's records amount to, as one side steers by it. */
public final class LoadedTable implements AutoCloseable {
  private final EntityTable entities;
  private final FrameSteerer steerer;

  /**
   * Makes it, as large as it needs to be.
   *
   * @param changes the records in the order of the log
   * @param virtualAddresses what the cluster's settings do not tell of
   * @param localAddresses the director's own
   * @param directorMac the address of the frames to steer, or null for any
   * @throws CaptureException if there are more tunnels than a table can hold
   */
  public LoadedTable(
      ClusterId cluster,
      Side side,
      Collection<EntityChange> changes,
      List<IpAddress> virtualAddresses,
      List<IpAddress> localAddresses,
      @Nullable MacAddress directorMac) {
    entities = new EntityTable(cluster, side);
    entities.apply(changes);
    List<Entry> entries = new ArrayList<>(entities.entries());
    virtualAddresses.forEach(address -> entries.add(new Entry.Virtual(address)));
    int room = Math.clamp(entries.size(), 1, TableLimits.MOST_TUNNELS);
    steerer =
        new FrameSteerer(
            new PlaneSettings(
                side, localAddresses, OnMiss.defaultFor(side), TableLimits.forTunnels(room)),
            directorMac,
            directorMac);
    List<Refusal> refused = steerer.verbs().update(entries);
    if (!refused.isEmpty()) {
      steerer.close();
      throw new CaptureException(
          "expected room for %,d entries but %,d have none: %s"
              .formatted(entries.size(), refused.size(), refused.getFirst().reason()));
    }
  }

  /** What the entries follow from. */
  public EntityTable entities() {
    return entities;
  }

  /** The server to which packets of an address go, if any. */
  public Optional<ServerId> serverOf(IpAddress address) {
    int index = steerer.verbs().lookup(address);
    return index == 0 ? Optional.empty() : entities.serverName(index);
  }

  int tunnels() {
    return entities.tunnelCount();
  }

  int pending() {
    return entities.pendingCount();
  }

  int servers() {
    return entities.servers().size();
  }

  /** Those of the cluster's settings. */
  List<IpAddress> virtualAddresses() {
    return entities.virtualAddresses();
  }

  SteeringView view() {
    return new SteeringView(
        steerer.table(),
        steerer.context(),
        index -> entities.serverName(index).orElseThrow()); // entries name none but known ones
  }

  @Override
  public void close() {
    steerer.close();
  }
}
