package org.pointsman.director.dataplane.xdp;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.Side;

/**
 * A process with an outer plane from o-in to o-out, for tests that end it in every way. It says on
 * standard output how far it is, and ends when its standard input does.
 */
final class XdpDirectorProcess {
  private XdpDirectorProcess() {}

  /**
   * Starts one.
   *
   * @param arguments the folder of the pins, and for how many tunnels there is to be room
   */
  public static void main(String[] arguments) throws IOException {
    int tunnels = Integer.parseInt(arguments[1]);
    PlaneSettings settings =
        new PlaneSettings(
            Side.OUTER, GoldenPackets.LOCAL, OnMiss.DROP, TableLimits.forTunnels(tunnels));
    XdpDataPlane plane =
        new XdpDataPlane(
            settings,
            new XdpSettings(
                "outer@it", "o-in", "o-out", null, XdpMode.AUTO, Path.of(arguments[0])));
    System.out.println("loaded");
    List<?> refused = plane.update(GoldenPackets.entries());
    plane.prune(GoldenPackets.entries());
    System.out.println("filled, refused " + refused.size());
    plane.start();
    System.out.println("steering");
    while (System.in.read() >= 0) {
      System.out.println("steered " + plane.stats().servers());
    }
    plane.close();
    System.out.println("closed");
  }
}
