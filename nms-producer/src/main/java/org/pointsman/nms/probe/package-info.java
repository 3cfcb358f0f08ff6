/**
 * The health probe: asks each real server the way a peer would, and tells the log when one stops
 * answering or answers again.
 *
 * <p>{@link org.pointsman.nms.probe.ServerHealth} and {@link org.pointsman.nms.probe.Verdicts} are
 * pure: answers and the time go in, and what to publish comes out. {@link
 * org.pointsman.nms.probe.IkeMessage} is the packet. {@link org.pointsman.nms.probe.Probe} runs
 * them. Nothing here moves a tunnel: that follows from the events.
 */
@NullMarked
package org.pointsman.nms.probe;

import org.jspecify.annotations.NullMarked;
