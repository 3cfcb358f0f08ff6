/**
 * The announce barrier: when a tunnel may speak.
 *
 * <p>A decision alone steers nothing. A tunnel is steerable once every live director of its cluster
 * has applied the decision, which they tell by the epoch in their statuses: epochs have no gaps,
 * and a cluster's decisions reach its directors in order, so a director at an epoch has applied all
 * before it.
 *
 * <p>{@link org.pointsman.nms.barrier.DirectorBook} knows who is live and how far, {@link
 * org.pointsman.nms.barrier.BarrierBook} which announces wait for what; neither knows Kafka or a
 * clock. {@link org.pointsman.nms.barrier.AnnounceBarrier} reads the topics for them.
 */
@NullMarked
package org.pointsman.nms.barrier;

import org.jspecify.annotations.NullMarked;
