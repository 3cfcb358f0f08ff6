package org.pointsman.director.dataplane;

import java.util.List;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/**
 * What every data plane is told when it is made.
 *
 * @param side which packets it sees
 * @param localAddresses the director's own addresses, which an inner director does not steer
 * @param onMiss what becomes of a packet whose tunnel is not known
 * @param limits how much the table holds
 */
public record PlaneSettings(
    Side side, List<IpAddress> localAddresses, OnMiss onMiss, TableLimits limits) {

  /** What becomes of a packet whose tunnel is not known. */
  public enum OnMiss {
    DROP,
    PASS;

    /** Nobody but a tunnel's peer has to speak to a virtual address; hosts have other routes. */
    public static OnMiss defaultFor(Side side) {
      return switch (side) {
        case OUTER -> DROP;
        case INNER -> PASS;
      };
    }
  }

  public PlaneSettings {
    localAddresses = List.copyOf(localAddresses);
  }
}
