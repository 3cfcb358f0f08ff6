package org.pointsman.model;

/**
 * The name of a cluster of real servers behind one set of virtual addresses.
 *
 * @param value 1 to 128 characters as {@link Names} allows them
 */
public record ClusterId(String value) implements Comparable<ClusterId> {
  public ClusterId {
    Names.check("cluster", value);
  }

  @Override
  public int compareTo(ClusterId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
