package org.pointsman.director.dataplane.nftables;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

/**
 * The data plane in a process of its own, with the golden table, to be killed. Its servers' indexes
 * are what it is told, as a director's may be others after each start.
 */
public final class NftablesProcess {
  private NftablesProcess() {}

  /**
   * Steers until it is killed.
   *
   * @param arguments the director's name, its interfaces, the index of rs-1, the index of rs-2
   */
  public static void main(String[] arguments) throws Exception {
    int[] index = {0, Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4])};
    List<Entry> entries = new ArrayList<>();
    for (Entry entry : GoldenPackets.entries()) {
      entries.add(
          switch (entry) {
            case Entry.Server s -> new Entry.Server(index[s.index()], s.server(), s.mac());
            case Entry.Outer o -> new Entry.Outer(o.address(), index[o.server()]);
            case Entry.Inner i -> new Entry.Inner(i.prefix(), index[i.server()]);
            case Entry.Virtual v -> v;
          });
    }
    for (int i = 0; i < 2000; i++) { // so that taking over takes some time
      entries.add(new Entry.Outer(IpAddress.v4(0x0b00_0000 + i), index[1 + i % 2]));
    }
    PlaneSettings settings =
        new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(4000));
    NftablesDataPlane plane =
        new NftablesDataPlane(
            settings, new NftablesSettings(arguments[0], arguments[1], arguments[2], null));
    var _ = plane.update(entries);
    plane.prune(entries);
    plane.start();
    String capabilities =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .findFirst()
            .orElseThrow();
    String said =
        "steers %s %s %s%n"
            .formatted(plane.table(), capabilities.replaceAll("\\s+", ""), plane.problem());
    System.out.write(said.getBytes(StandardCharsets.UTF_8));
    System.out.flush();
    Thread.currentThread().join();
  }
}
