package org.pointsman.assigner.audit;

/**
 * Where a record stands.
 *
 * @param topic its topic's whole name
 * @param partition its partition
 * @param offset its offset there
 */
public record Place(String topic, int partition, long offset) {

  /** {@code pointsman.decisions-3@17}, as in every other message about a record. */
  @Override
  public String toString() {
    return topic + "-" + partition + "@" + offset;
  }
}
