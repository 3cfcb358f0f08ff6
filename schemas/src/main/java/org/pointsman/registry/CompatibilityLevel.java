package org.pointsman.registry;

/** What a subject's next version must be able to read, or be read by. */
public enum CompatibilityLevel {
  NONE,
  /** The next version reads what the latest wrote. */
  BACKWARD,
  /** The next version reads what any wrote. */
  BACKWARD_TRANSITIVE,
  /** The latest reads what the next version writes. */
  FORWARD,
  /** Any reads what the next version writes. */
  FORWARD_TRANSITIVE,
  /** Both ways with the latest. */
  FULL,
  /** Both ways with any. */
  FULL_TRANSITIVE
}
