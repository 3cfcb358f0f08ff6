package org.pointsman.director.packet;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.Side;

/**
 * What a director knows besides its table. Immutable; a new one replaces it when something changes.
 *
 * @param side which packets it sees
 * @param directorMac its Ethernet address, or null to take every frame that is no broadcast or
 *     multicast (a capture that was made elsewhere)
 * @param virtualAddresses the addresses that peers send to
 * @param localAddresses its own addresses
 */
public record PacketContext(
    Side side,
    @Nullable MacAddress directorMac,
    AddressSet virtualAddresses,
    AddressSet localAddresses) {

  public static PacketContext of(
      Side side,
      @Nullable MacAddress directorMac,
      List<IpAddress> virtualAddresses,
      List<IpAddress> localAddresses) {
    return new PacketContext(
        side, directorMac, AddressSet.of(virtualAddresses), AddressSet.of(localAddresses));
  }
}
