package org.pointsman.director.dataplane;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.Room;
import org.pointsman.model.IpAddress;

/**
 * Steers packets by the entries that it was told.
 *
 * <p>Three verbs keep it in step, each idempotent: saying the same twice changes nothing, and a
 * director that is not sure what a data plane holds (it was restarted, or the plane outlived it)
 * says all of it again and lets {@link #prune} remove the rest. The verbs are called by one thread
 * at a time; packets may be on their way meanwhile.
 */
public interface DataPlane extends AutoCloseable {

  /** An entry for which there was no room, and a sentence that says why and what to do. */
  record Refusal(Entry entry, String reason) {}

  /** The name by which it is chosen: {@code memory}, {@code pcap}, … */
  String name();

  /** Begins to steer. Called once, when the table is complete for the first time. */
  void start();

  /**
   * Makes each entry stand, in this order, whatever stood under its key before.
   *
   * @return the entries for which there was no room; the others stand
   */
  List<Refusal> update(List<Entry> entries);

  /** Removes what stands under each key, if anything does. */
  void delete(List<Entry.Key> keys);

  /** True if no entry stands, so that there is nothing to {@link #prune}. */
  boolean isEmpty();

  /** Removes everything whose key is not that of a wanted entry. */
  void prune(List<Entry> wanted);

  /** The index of the server to which this plane steers an address on its side, or 0. */
  int lookup(IpAddress address);

  /**
   * The indexes of the servers whose MAC address it does not know: it sends packets of their
   * tunnels nowhere, and counts them as unreachable. Any thread may ask.
   */
  Set<Integer> unresolved();

  /** What it has counted since it was made. */
  DataPlaneStats stats();

  /** How full its parts with bounds are; none if it has no bounds. */
  default List<Room> room() {
    return List.of();
  }

  /** What keeps it from steering at present, as a sentence; empty if all is well. */
  Optional<String> problem();

  /** Stops steering. A plane in the kernel may go on; each says so. */
  @Override
  void close();
}
