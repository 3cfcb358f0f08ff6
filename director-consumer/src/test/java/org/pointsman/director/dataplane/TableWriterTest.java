package org.pointsman.director.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.pointsman.director.dataplane.DataPlane.Refusal;
import org.pointsman.director.table.Entry;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class TableWriterTest {
  private final SteeringTable table = new SteeringTable(TableLimits.forTunnels(1));
  private final Set<IpAddress> virtual = new HashSet<>();
  private final TableWriter writer =
      new TableWriter(
          Side.OUTER,
          table,
          new TableWriter.Beside() {
            @Override
            public void addVirtual(IpAddress address) {
              virtual.add(address);
            }

            @Override
            public void removeVirtual(IpAddress address) {
              virtual.remove(address);
            }
          });

  @Test
  void aLargeLoadIsWhatItsEntriesAreOneByOne() {
    List<Entry> entries = new ArrayList<>();
    MacAddress mac = MacAddress.parse("02:00:00:00:00:07");
    entries.add(new Entry.Server(7, new ServerId("rs-7"), mac));
    entries.add(new Entry.Virtual(IpAddress.parse("203.0.113.1")));
    for (int i = 0; i < 40_000; i++) {
      entries.add(new Entry.Outer(IpAddress.v4(i * 0x9e37_79b1), 1 + i % 4000));
    }
    entries.add(new Entry.Outer(IpAddress.parse("2001:db8::1"), 7));
    entries.add(new Entry.Outer(IpAddress.v4(0), 9)); // again: the later one counts
    assertThat(writer.update(entries)).isEmpty();
    for (int i = 1; i < 40_000; i++) {
      assertThat(table.outerV4(i * 0x9e37_79b1)).isEqualTo(1 + i % 4000);
    }
    assertThat(table.outerV4(0)).isEqualTo(9);
    assertThat(table.outer(IpAddress.parse("2001:db8::1"))).isEqualTo(7);
    assertThat(table.outerSize()).isEqualTo(40_001);
    assertThat(table.serverMac(7)).isEqualTo(mac.bits());
    assertThat(virtual).containsExactly(IpAddress.parse("203.0.113.1"));
  }

  @Test
  void aLoadThatIsTooLargeIsTakenAsFarAsThereIsRoomAndTheRestRefused() {
    List<Entry> entries = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    random
        .ints()
        .distinct()
        .limit(80_000)
        .forEach(a -> entries.add(new Entry.Outer(IpAddress.v4(a), 1)));
    List<Refusal> refused = writer.update(entries);
    assertThat(refused).hasSize(80_000 - table.outerSize());
    assertThat(table.outerSize()).isGreaterThan(55_000);
    assertThat(refused)
        .allSatisfy(
            refusal -> {
              assertThat(writer.lookup(((Entry.Outer) refusal.entry()).address())).isZero();
              assertThat(refusal.reason()).contains("--max-tunnels");
            });
  }
}
