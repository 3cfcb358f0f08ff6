package org.pointsman.director.table;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;

/** One thing that a data plane is to have. Servers are named by index: {@link EntityTable}. */
public sealed interface Entry {

  /** What the entry is about; a data plane has at most one entry for each key. */
  Key key();

  /** Packets from this outer address go to this server. */
  record Outer(IpAddress address, int server) implements Entry {
    @Override
    public Key key() {
      return new Key.Outer(address);
    }
  }

  /** Packets to this inner prefix go to this server, unless a longer prefix says otherwise. */
  record Inner(IpPrefix prefix, int server) implements Entry {
    @Override
    public Key key() {
      return new Key.Inner(prefix);
    }
  }

  /**
   * A server.
   *
   * @param index what the other entries call it
   * @param server its name
   * @param mac where its frames go, or null if that is not known
   * @param address its IP address, by which a missing {@code mac} may be found, or null if that is
   *     not known either
   */
  record Server(int index, ServerId server, @Nullable MacAddress mac, @Nullable IpAddress address)
      implements Entry {
    /** A server whose IP address does not matter. */
    public Server(int index, ServerId server, @Nullable MacAddress mac) {
      this(index, server, mac, null);
    }

    /** The same server with its frames going there. */
    public Server withMac(@Nullable MacAddress other) {
      return new Server(index, server, other, address);
    }

    @Override
    public Key key() {
      return new Key.Server(index);
    }
  }

  /** An address that the peers send to. */
  record Virtual(IpAddress address) implements Entry {
    @Override
    public Key key() {
      return new Key.Virtual(address);
    }
  }

  /** What an entry is about. */
  sealed interface Key {
    record Outer(IpAddress address) implements Key {}

    record Inner(IpPrefix prefix) implements Key {}

    record Server(int index) implements Key {}

    record Virtual(IpAddress address) implements Key {}
  }
}
