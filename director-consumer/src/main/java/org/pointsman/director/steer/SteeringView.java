package org.pointsman.director.steer;

import java.util.function.IntFunction;
import org.pointsman.director.packet.PacketContext;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.model.ServerId;

/**
 * What is needed to steer: a table, what holds besides, and the servers' names.
 *
 * @param table the lookups
 * @param context side, addresses and, if frames for other hosts are to be passed, the director's
 *     Ethernet address
 * @param serverName the name of the server with an index that the table gives
 */
public record SteeringView(
    SteeringTable table, PacketContext context, IntFunction<ServerId> serverName) {}
