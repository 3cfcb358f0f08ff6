/**
 * The steering table: which real server has an outer address, which one has an inner destination.
 *
 * <p>{@link org.pointsman.director.table.SteeringTable} keeps its lookups in plain memory, laid out
 * as {@link org.pointsman.director.table.SteeringTableLayout} says, so that a program in another
 * language (an XDP program, whose array maps the table can be mapped onto) reads the very same
 * bytes. One thread writes, any number of readers look up, and nobody locks.
 *
 * <p>{@link org.pointsman.director.table.EntityTable} stands before it: it turns what the log says
 * of tunnels, servers and settings into the entries that a data plane is to have. The feed calls
 * it; data planes call the steering table.
 *
 * <p>Nothing here may know packets, Kafka or a clock on the wall, nor write a log.
 *
 * <h2>Errors</h2>
 *
 * A table has fixed sizes ({@link org.pointsman.director.table.TableLimits}), chosen when it is
 * made. An entry for which there is no room is refused with {@link
 * org.pointsman.director.table.TableFullException} before anything is changed; all other entries go
 * on being served. To grow, a director is started again with a larger {@code --max-tunnels}.
 */
@NullMarked
package org.pointsman.director.table;

import org.jspecify.annotations.NullMarked;
