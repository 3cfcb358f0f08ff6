package org.pointsman.model;

/**
 * The key of an {@link Entity} in the {@code assignments} and {@code decisions} topics. As text:
 * {@code CLUSTER/tunnel/TUNNEL}, {@code CLUSTER/server/SERVER} or {@code CLUSTER/config}. Names
 * hold no slash, so the text reads back in one way only.
 */
public sealed interface EntityKey extends Comparable<EntityKey> {

  ClusterId cluster();

  /** The key of a tunnel's assignment. */
  record Tunnel(ClusterId cluster, TunnelId tunnel) implements EntityKey {
    @Override
    public String toString() {
      return cluster + "/tunnel/" + tunnel;
    }
  }

  /** The key of a real server. */
  record Server(ClusterId cluster, ServerId server) implements EntityKey {
    @Override
    public String toString() {
      return cluster + "/server/" + server;
    }
  }

  /** The key of a cluster's settings. */
  record Config(ClusterId cluster) implements EntityKey {
    @Override
    public String toString() {
      return cluster + "/config";
    }
  }

  @Override
  default int compareTo(EntityKey other) {
    return toString().compareTo(other.toString());
  }

  /**
   * Reads the text of a key.
   *
   * @throws InvalidValueException if it is none
   */
  static EntityKey parse(String text) {
    String[] parts = text.split("/", -1);
    if (parts.length == 2 && parts[1].equals("config")) {
      return new Config(new ClusterId(parts[0]));
    }
    if (parts.length == 3 && parts[1].equals("tunnel")) {
      return new Tunnel(new ClusterId(parts[0]), new TunnelId(parts[2]));
    }
    if (parts.length == 3 && parts[1].equals("server")) {
      return new Server(new ClusterId(parts[0]), new ServerId(parts[2]));
    }
    throw new InvalidValueException(
        "expected a key CLUSTER/tunnel/ID, CLUSTER/server/ID or CLUSTER/config but got '%s'"
            .formatted(text));
  }
}
