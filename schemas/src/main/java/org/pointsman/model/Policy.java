package org.pointsman.model;

/** How a cluster spreads its tunnels over its real servers. */
public enum Policy {
  /** Each server in turn, as often as its weight says. The default. */
  ROUND_ROBIN,
  /** The server with the fewest tunnels for its weight. */
  LEAST_TUNNELS,
  /** The server with the least announced traffic for its weight. */
  LEAST_TRAFFIC,
  /** Weighted rendezvous hashing of the tunnel's name: stable when servers come and go. */
  RENDEZVOUS
}
