package org.pointsman.model;

/** A value that stands in one of Pointsman's topics. */
public sealed interface LogRecord
    permits NetworkEvent, Entity, Decision, Rejection, DirectorStatus, AssignerStatus {

  /** The cluster that the record belongs to, or null if a rejected record did not tell. */
  @org.jspecify.annotations.Nullable
  ClusterId cluster();
}
