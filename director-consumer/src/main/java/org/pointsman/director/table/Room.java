package org.pointsman.director.table;

/**
 * How full a part of a table is.
 *
 * @param what what it holds, in the plural
 * @param used how many there are
 * @param capacity how many there can be
 */
public record Room(String what, long used, long capacity) {
  /** From here on it is time to say so. */
  public static final int NEARLY_FULL_PERCENT = 90;

  /** Nine tenths or more are taken. */
  public boolean isNearlyFull() {
    return used * 100 >= capacity * NEARLY_FULL_PERCENT;
  }
}
