package org.pointsman.nms.strongswan;

import java.util.Optional;
import org.pointsman.model.InvalidValueException;
import org.pointsman.model.TunnelId;

/**
 * Which tunnel of the inventory a security association belongs to: one of its three names in charon
 * is the tunnel's.
 *
 * <p>The subnets would tell too, but then a peer that has agreed on another subnet than the
 * announced one would be nobody's instead of a difference that can be shown; and addresses change
 * with every NAT.
 */
public enum TunnelNaming {
  /** The connection's name: a connection for each peer. */
  CONNECTION,
  /** The child's name: a connection whose children are tunnels of their own. */
  CHILD,
  /** The identity that the peer proved: one connection for all peers. */
  REMOTE_ID;

  Optional<TunnelId> tunnel(Sa sa) {
    return tunnel(
        switch (this) {
          case CONNECTION -> sa.connection();
          case CHILD -> sa.child();
          case REMOTE_ID -> sa.remoteId();
        });
  }

  Optional<TunnelId> tunnel(ConfiguredChild configured) {
    return tunnel(
        switch (this) {
          case CONNECTION -> configured.connection();
          case CHILD -> configured.child();
          case REMOTE_ID -> configured.remoteId();
        });
  }

  private static Optional<TunnelId> tunnel(String name) {
    try {
      return Optional.of(new TunnelId(name));
    } catch (InvalidValueException noName) {
      return Optional.empty();
    }
  }
}
