package org.pointsman.assigner.engine;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.pointsman.model.ServerId;

/**
 * What the decisions of a cluster left behind that its entities do not tell: with both, {@link
 * ClusterState#restore} gives the state back.
 *
 * @param epoch the last decision's; 0 before the first
 * @param announces how many tunnels have been announced so far, released ones included; the next
 *     new one has {@code order} announces + 1
 * @param turns how often each server has been given a tunnel since the set of servers that take
 *     tunnels, or a weight among them, last changed; servers without a turn are left out. Only
 *     {@link org.pointsman.model.Policy#ROUND_ROBIN} goes by it. A pin is nobody's turn.
 */
public record Cursor(long epoch, long announces, SortedMap<ServerId, Long> turns) {
  /** Before the first decision. */
  public static final Cursor START = new Cursor(0, 0, new TreeMap<>());

  public Cursor {
    turns = Collections.unmodifiableSortedMap(new TreeMap<>(turns));
  }
}
