package org.pointsman.director.dataplane.nftables;

import org.jspecify.annotations.Nullable;
import org.pointsman.model.MacAddress;

/**
 * Where the nftables data plane steers.
 *
 * @param name the director's name, of which the table's name is made; unique on this host
 * @param in the interface that the frames come in on
 * @param out the interface that they leave on, or null for the same
 * @param directorMac the address of the frames to steer, or null for that of {@code in}
 */
public record NftablesSettings(
    String name, String in, @Nullable String out, @Nullable MacAddress directorMac) {}
