/**
 * Steering a capture file: what would a director have done with these packets?
 *
 * <p>{@link org.pointsman.director.steer.CaptureSteerer} takes a table and a capture and writes one
 * capture for each real server; it knows nothing of Kafka. The {@code steer} command gives it the
 * table that the log amounts to.
 */
@NullMarked
package org.pointsman.director.steer;

import org.jspecify.annotations.NullMarked;
