/**
 * Inventories: the list of a network's tunnels as a CSV file.
 *
 * <p>The NMS's people export such a file from what they already have; {@link InventoryReader} reads
 * it for {@code tunnel import}, and reports everything that is wrong with it in one go. {@link
 * InventoryGenerator} makes up an inventory of any size for demonstrations and benchmarks, and
 * {@link InventoryWriter} writes one.
 *
 * <p>Nothing here knows of Kafka or of the command line, and nothing here decides which lines may
 * be published: that is the caller's business.
 */
@NullMarked
package org.pointsman.nms.inventory;

import org.jspecify.annotations.NullMarked;
