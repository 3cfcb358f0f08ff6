package org.pointsman.assigner.audit;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.ClusterId;

/**
 * Something in the record that cannot be.
 *
 * @param kind what is wrong
 * @param place the record that is wrong; for one that is missing, the record after the hole, or
 *     null if the log ends there
 * @param cluster whose, or null if that cannot be told
 * @param epoch the decision's, the first of several; 0 if it is not about one
 * @param message "expected … but …"
 * @param witness the record that says otherwise, or null if it is not one record alone
 */
public record Finding(
    Kind kind,
    @Nullable Place place,
    @Nullable ClusterId cluster,
    long epoch,
    String message,
    @Nullable Place witness) {

  /** What can be wrong. */
  public enum Kind {
    /** A decision is not what was decided. */
    ALTERED,
    /** A decision is not there. */
    DROPPED,
    /** A decision is there twice. */
    DUPLICATED,
    /** A decision stands after a later one. */
    REORDERED,
    /** Bytes that are no record. */
    UNREADABLE,
    /** An event has no outcome, or more than one. */
    OUTCOME,
    /** The present state in {@code assignments} is not what the decisions lead to. */
    ASSIGNMENT,
    /** A director's table is not what the decisions lead to. */
    DIRECTOR,
    /** Today's engine would have decided otherwise. */
    REDECISION
  }
}
