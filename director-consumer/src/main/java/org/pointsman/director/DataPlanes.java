package org.pointsman.director;

import org.pointsman.director.dataplane.DataPlane;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.dataplane.nftables.NftablesDataPlane;
import org.pointsman.director.dataplane.nftables.NftablesException;
import org.pointsman.director.dataplane.nftables.NftablesSettings;
import org.pointsman.director.dataplane.pcap.PcapDataPlane;
import org.pointsman.director.dataplane.pcap.PcapPlaneException;
import org.pointsman.director.dataplane.pcap.PcapSettings;
import org.pointsman.director.dataplane.xdp.XdpDataPlane;
import org.pointsman.director.dataplane.xdp.XdpPlaneException;
import org.pointsman.director.dataplane.xdp.XdpSettings;
import org.pointsman.director.neighbour.LinuxNeighbourResolver;
import org.pointsman.director.neighbour.NeighbourException;
import org.pointsman.director.neighbour.ResolvingDataPlane;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The data planes by their kind. */
final class DataPlanes {
  private static final Logger log = LoggerFactory.getLogger(DataPlanes.class);

  private DataPlanes() {}

  /**
   * Opens the plane of these settings, which does not steer yet.
   *
   * @throws PcapPlaneException if the pcap plane cannot use the interfaces
   * @throws NftablesException if the nftables plane cannot be set up
   * @throws XdpPlaneException if the XDP plane cannot be set up
   */
  static DataPlane open(DirectorSettings settings) {
    return withNeighbours(settings, plane(settings));
  }

  private static DataPlane plane(DirectorSettings settings) {
    String seen = settings.in();
    if (settings.dryRun() && settings.dataPlane() != DataPlaneKind.MEMORY && seen != null) {
      return new PcapDataPlane(
          settings.forPlane(),
          new PcapSettings(seen, settings.out(), settings.directorMac(), true));
    }
    return switch (settings.dataPlane()) {
      case MEMORY -> new MemoryDataPlane(settings.forPlane(), settings.directorMac());
      case PCAP ->
          new PcapDataPlane(
              settings.forPlane(),
              new PcapSettings(settings.requireIn(), settings.out(), settings.directorMac()));
      case NFTABLES ->
          new NftablesDataPlane(
              settings.forPlane(),
              new NftablesSettings(
                  settings.name(), settings.requireIn(), settings.out(), settings.directorMac()));
      case XDP ->
          new XdpDataPlane(
              settings.forPlane(),
              new XdpSettings(
                  settings.name(),
                  settings.requireIn(),
                  settings.out(),
                  settings.directorMac(),
                  settings.xdpMode()));
    };
  }

  /** Servers that have no MAC address of their own are looked for where frames leave to them. */
  private static DataPlane withNeighbours(DirectorSettings settings, DataPlane plane) {
    String segment = settings.out() != null ? settings.out() : settings.in();
    if (settings.dataPlane() == DataPlaneKind.MEMORY || segment == null) {
      return plane;
    }
    try {
      return new ResolvingDataPlane(plane, new LinuxNeighbourResolver(segment), segment);
    } catch (NeighbourException impossible) {
      log.warn("servers without --mac will not be reached: {}", impossible.getMessage());
      return plane;
    }
  }
}
