package org.pointsman.director.dataplane.nftables;

import java.util.Locale;

/**
 * The table's maps and sets whose elements the director keeps, as {@link Ruleset} declares them.
 */
enum TableSet {
  /** The virtual addresses. */
  VIRTUAL4,
  VIRTUAL6,
  /** Each virtual address twice: an ICMP error to it that quotes a packet from it. */
  QUOTED4,
  QUOTED6,
  /** The director's own addresses. */
  LOCAL4,
  LOCAL6,
  /** Outer address → mark. */
  OUTER4,
  OUTER6,
  /** Ranges of inner addresses → mark. */
  INNER4,
  INNER6,
  /** Mark → MAC address. */
  SERVER_MAC,
  /** Mark → counter of what was sent. */
  SENT,
  /** Mark → counter of what could not be sent. */
  LOST,
  /** Addresses that were looked up and not found, which the kernel puts in. */
  MISSED4,
  MISSED6;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** Its name in the table. */
  @Override
  public String toString() {
    return text;
  }
}
