package org.pointsman.model;

/** Why an event was refused. */
public enum RejectionCode {
  /** The record's bytes are no event: not Avro, an unknown schema, cut short, too large. */
  UNREADABLE,
  /** The record is in another partition than its cluster's. */
  WRONG_PARTITION,
  /** The record's key is not the event's cluster. */
  WRONG_KEY,
  /** Nothing would change: it was so already. */
  NO_CHANGE,
  /** The tunnel is not known; it must be announced first. */
  NOT_ANNOUNCED,
  /** The real server is not known; it must be registered first. */
  UNKNOWN_SERVER,
  /** An inner subnet is another tunnel's. */
  SUBNET_CONFLICT,
  /** The outer addresses would join groups of tunnels that are up on different servers. */
  CO_LOCATION_CONFLICT,
  /** Reported by another server than the assigned one. */
  MISPLACED,
  /** The server still has tunnels. */
  SERVER_IN_USE,
  /** The server is down or drains, so it cannot take the tunnel. */
  SERVER_UNAVAILABLE,
  /** The server has no room for the tunnel. */
  NO_CAPACITY,
  /** The cluster holds as many tunnels or servers as one can. */
  LIMIT_REACHED
}
