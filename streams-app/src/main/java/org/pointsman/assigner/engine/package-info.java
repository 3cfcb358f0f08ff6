/**
 * The assignment engine: which real server has which tunnel.
 *
 * <p>{@link Decider} looks at a {@link ClusterView} and an event, changes nothing, and answers with
 * decisions or a rejection. {@link ClusterState#apply} is the only thing that changes state, and
 * never refuses; so a state is what the decisions made it, and replay decides nothing again.
 *
 * <p>The topology calls it, one cluster at a time and from one thread. Nothing here may ask a
 * clock, chance, a file or a network, write a log line, or go through a collection in an order that
 * the keys do not give: the same log must lead to the same decisions on any machine.
 */
@NullMarked
package org.pointsman.assigner.engine;

import org.jspecify.annotations.NullMarked;
