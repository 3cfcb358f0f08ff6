package org.pointsman.model;

/** Why an entity is as a {@link Decision} leaves it. */
public enum DecisionReason {
  /** The policy chose the server. */
  ASSIGNED,
  /** It shares an outer address with a tunnel that is on that server. */
  CO_LOCATED,
  /** No server of the cluster takes tunnels: pending. */
  NO_SERVER,
  /** No server has room: pending. */
  NO_CAPACITY,
  /** A known tunnel was announced with new addresses, subnets or traffic. */
  UPDATED,
  /** The NMS said up. */
  TUNNEL_UP,
  /** The NMS said down; the tunnel lingers. */
  TUNNEL_DOWN,
  /** The NMS withdrew the tunnel: released. */
  WITHDRAWN,
  /** The linger time is over: released. */
  LINGER_ENDED,
  /** It was announced and never came up: released. */
  ANNOUNCE_TIMED_OUT,
  /** Its server is down: moved. */
  SERVER_DOWN,
  /** Its server drains: moved. */
  DRAINED,
  /** The drain's deadline came: moved though up. */
  DRAIN_DEADLINE,
  /** Its server was flushed: moved. */
  FLUSHED,
  /** Its server was removed: moved. */
  SERVER_REMOVED,
  /** The operator pinned it, or a tunnel of its group. */
  PINNED,
  /** The operator unpinned it. */
  UNPINNED,
  /** Moved to even the servers out. */
  REBALANCED,
  /** A server joined the cluster. */
  REGISTERED,
  /** A server's properties changed. */
  SERVER_UPDATED,
  /** A server went down. */
  MARKED_DOWN,
  /** A server came up. */
  MARKED_UP,
  /** A server began to drain. */
  DRAINING,
  /** A server's drain ended. */
  ACTIVATED,
  /** A server left the cluster. */
  REMOVED,
  /** The cluster's settings changed. */
  CONFIGURED
}
