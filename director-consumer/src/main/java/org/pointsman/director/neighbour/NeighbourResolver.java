package org.pointsman.director.neighbour;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * Learns the Ethernet addresses of the hosts on one segment, and goes on asking whether they are
 * still true.
 */
public interface NeighbourResolver extends AutoCloseable {

  /** Hears what was learned, on the resolver's thread. */
  @FunctionalInterface
  interface Listener {
    /**
     * An address is somewhere else than before, or nowhere.
     *
     * @param mac where {@code address} is now, or null if nobody answers for it
     */
    void changed(IpAddress address, @Nullable MacAddress mac);
  }

  /**
   * Begins to learn. Called once.
   *
   * @param listener hears each change of an address that is watched
   */
  void start(Listener listener);

  /** Exactly these addresses are of interest from now on. Returns at once. */
  void watch(Set<IpAddress> addresses);

  /** What keeps it from asking, as a sentence; empty if all is well. */
  Optional<String> problem();

  @Override
  void close();
}
