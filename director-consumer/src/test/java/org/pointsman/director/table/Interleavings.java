package org.pointsman.director.table;

/** Every way in which a writer's stores can fall between a reader's loads. */
final class Interleavings {
  private Interleavings() {}

  /** Told how many stores happen before each load. */
  interface Schedule {
    void run(int[] storesBeforeLoad);
  }

  /**
   * Runs {@code schedule} for every way to split at most so many stores over the parts from {@code
   * from} on.
   */
  static void eachWayToSplit(int stores, int[] parts, int from, Schedule schedule) {
    if (from == parts.length) {
      schedule.run(parts);
      return;
    }
    for (int n = 0; n <= stores; n++) {
      parts[from] = n;
      eachWayToSplit(stores - n, parts, from + 1, schedule);
    }
  }
}
