package org.pointsman.director.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.packet.GoldenPackets;
import org.pointsman.director.packet.SamplePackets;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Side;

final class MissSamplerTest {
  @Test
  void thoseMissedMostStayWhateverAScanBringsInBetween() {
    SamplePackets samples = new SamplePackets(GoldenPackets.DIRECTOR, GoldenPackets.ROUTER);
    try (MemoryDataPlane plane =
        new MemoryDataPlane(
            new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)),
            GoldenPackets.DIRECTOR)) {
      plane.update(GoldenPackets.entries());
      IpAddress often = IpAddress.parse("198.18.0.1");
      for (int i = 0; i < 20_000; i++) {
        IpAddress source = i % 20 == 0 ? often : IpAddress.v4(0x0b00_0000 + i);
        plane.handle(samples.fromPeer(source, GoldenPackets.VIP4).getFirst().frame().toByteArray());
      }
      var missed = plane.stats().missedAddresses();
      assertThat(missed).hasSize(20);
      assertThat(missed.getFirst().address()).isEqualTo(often);
      assertThat(missed.getFirst().packets()).isEqualTo(1000);
    }
  }
}
