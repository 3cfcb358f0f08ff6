/**
 * What becomes of events: the decisions and rejections that the assigner writes on them.
 *
 * <p>An acknowledgement says only that the log has an event. Whoever must know what the assigner
 * makes of it opens {@link org.pointsman.nms.outcome.Outcomes} before sending and awaits it there,
 * by the event's place in the log. Nothing here sends, and nothing here keeps what it has read.
 */
@NullMarked
package org.pointsman.nms.outcome;

import org.jspecify.annotations.NullMarked;
