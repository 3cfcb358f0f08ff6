package org.pointsman.model;

/**
 * The name of a IPsec tunnel, unique within its cluster.
 *
 * @param value 1 to 128 characters as {@link Names} allows them
 */
public record TunnelId(String value) implements Comparable<TunnelId> {
  public TunnelId {
    Names.check("tunnel", value);
  }

  @Override
  public int compareTo(TunnelId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
