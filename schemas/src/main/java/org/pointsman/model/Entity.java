package org.pointsman.model;

/**
 * A thing of a cluster whose present state stands in the compacted {@code assignments} topic under
 * its {@link #key()}, and whose history stands in {@code decisions}.
 */
public sealed interface Entity extends LogRecord permits Assignment, RealServer, ClusterConfig {

  @Override
  ClusterId cluster();

  EntityKey key();

  /** The decision that made this state; a director ignores an epoch older than what it has. */
  long epoch();
}
