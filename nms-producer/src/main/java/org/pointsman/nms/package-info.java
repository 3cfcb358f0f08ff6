/**
 * The network management system's side of Pointsman: {@link org.pointsman.nms.NmsClient} writes
 * events to the log and says when the log has them.
 *
 * <p>An NMS written in Java uses the client; people and scripts use the commands of {@code
 * org.pointsman.nms.cli}, which use it too. Inventories are in {@code org.pointsman.nms.inventory};
 * {@code tunnel generate COUNT} makes one up.
 *
 * <p>Nothing here decides anything: an acknowledged event stands in the log, and what becomes of it
 * is the assigner's business. So nothing here reads the state to check an event against it.
 */
@NullMarked
package org.pointsman.nms;

import org.jspecify.annotations.NullMarked;
