package org.pointsman.model;

/** What the NMS last said of a tunnel. */
public enum TunnelState {
  /** Announced, not up yet. */
  ANNOUNCED,
  /** Its security associations are established on its real server. */
  UP,
  /** Down; its server is kept for a while, for a peer that re-keys. */
  LINGERING
}
