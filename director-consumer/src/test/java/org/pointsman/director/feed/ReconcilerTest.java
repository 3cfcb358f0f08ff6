package org.pointsman.director.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pointsman.director.table.Entities.CLUSTER;
import static org.pointsman.director.table.Entities.server;
import static org.pointsman.director.table.Entities.tunnel;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.PlaneSettings;
import org.pointsman.director.dataplane.PlaneSettings.OnMiss;
import org.pointsman.director.dataplane.memory.MemoryDataPlane;
import org.pointsman.director.table.EntityChange;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class ReconcilerTest {
  private static MemoryDataPlane plane() {
    return new MemoryDataPlane(
        new PlaneSettings(Side.OUTER, List.of(), OnMiss.DROP, TableLimits.forTunnels(1)), null);
  }

  @Test
  void loadingRemovesWhatAnEarlierDirectorLeftInThePlane() {
    try (MemoryDataPlane plane = plane()) {
      IpAddress left = IpAddress.parse("192.0.2.99");
      plane.update(List.of(new Entry.Outer(left, 3)));
      Reconciler reconciler = new Reconciler(CLUSTER, Side.OUTER, plane);
      reconciler.load(
          List.of(
              EntityChange.put(server("rs-1", "02:00:00:00:01:01", 1)),
              EntityChange.put(tunnel("t", "rs-1", "192.0.2.7", "10.0.0.0/28", 2)),
              EntityChange.put(tunnel("waiting", null, "192.0.2.8", "10.0.1.0/28", 3))),
          3);
      assertThat(plane.lookup(left)).isZero();
      assertThat(reconciler.serverOf(IpAddress.parse("192.0.2.7"))).contains(new ServerId("rs-1"));
      assertThat(reconciler.serverOf(IpAddress.parse("192.0.2.8"))).isEmpty();
      assertThat(reconciler.holdings()).isEqualTo(new Reconciler.Holdings(2, 1, 1, 0));
    }
  }

  @Test
  void whatHasNoRoomComesInWhenSomethingGoes() {
    try (MemoryDataPlane plane = plane()) {
      Reconciler reconciler = new Reconciler(CLUSTER, Side.OUTER, plane);
      List<EntityChange> tunnels = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        String address = IpAddress.v6(0x2001_0db8L << 32, i).toString();
        tunnels.add(EntityChange.put(tunnel("t" + i, "rs-1", address, "10.0.0.0/28", i + 1)));
      }
      reconciler.load(tunnels, 1000);
      int refused = reconciler.holdings().refused();
      assertThat(refused).isPositive().isLessThan(1000);
      assertThat(steered(reconciler)).isEqualTo(1000 - refused);

      List<EntityChange> gone = new ArrayList<>();
      for (int i = 0; i < refused; i++) {
        gone.add(EntityChange.gone(tunnels.get(i).key()));
      }
      reconciler.apply(gone);
      assertThat(reconciler.holdings().refused()).isZero();
      assertThat(steered(reconciler)).isEqualTo(1000 - refused);
    }
  }

  private static int steered(Reconciler reconciler) {
    int steered = 0;
    for (int i = 0; i < 1000; i++) {
      steered += reconciler.serverOf(IpAddress.v6(0x2001_0db8L << 32, i)).isPresent() ? 1 : 0;
    }
    return steered;
  }
}
