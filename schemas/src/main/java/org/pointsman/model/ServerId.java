package org.pointsman.model;

/**
 * The name of a real server, unique within its cluster.
 *
 * @param value 1 to 128 characters as {@link Names} allows them
 */
public record ServerId(String value) implements Comparable<ServerId> {
  public ServerId {
    Names.check("server", value);
  }

  @Override
  public int compareTo(ServerId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
