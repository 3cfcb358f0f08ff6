package org.pointsman.director.packet;

/** What is to become of a packet. */
public enum Verdict {
  /** To the real server that has its tunnel. */
  STEER,
  /** Not a matter of tunnels: to the kernel of the director's host. */
  PASS,
  /** A tunnel's packet, of which no tunnel is known: as configured, dropped or passed. */
  MISS
}
