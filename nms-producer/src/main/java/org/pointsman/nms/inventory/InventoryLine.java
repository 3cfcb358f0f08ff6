package org.pointsman.nms.inventory;

import org.pointsman.model.ClusterId;
import org.pointsman.model.TunnelAnnounce;

/**
 * One tunnel of an inventory.
 *
 * @param line where it stands in the file, from 1; the header is a line too
 * @param cluster its cluster
 * @param announce what the file says of it
 */
public record InventoryLine(int line, ClusterId cluster, TunnelAnnounce announce) {}
