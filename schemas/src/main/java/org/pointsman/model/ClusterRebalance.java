package org.pointsman.model;

/**
 * The operator lets tunnels move until the servers are within one tunnel of their share.
 *
 * @param maxMoves the most tunnels to move, 1 or more
 * @param includeUp move tunnels that are up too, after those that are not
 */
public record ClusterRebalance(int maxMoves, boolean includeUp) implements ClusterEvent {
  public ClusterRebalance {
    Checks.positive("a number of moves", maxMoves);
  }
}
