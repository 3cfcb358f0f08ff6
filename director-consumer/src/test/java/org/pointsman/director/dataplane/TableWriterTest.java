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
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;
import org.pointsman.model.ServerId;
import org.pointsman.model.Side;

final class TableWriterTest {
  private static final int ROOM = 32_768;

  private final SteeringTable table = new SteeringTable(TableLimits.forTunnels(ROOM));
  private final Set<IpAddress> virtual = new HashSet<>();
  private final TableWriter writer = writer(Side.OUTER);

  private TableWriter writer(Side side) {
    return new TableWriter(
        side,
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
  }

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

  /** More than are sorted as they are, so that they are parted first. */
  @Test
  void aLargeLoadOfPrefixesIsWhatItsEntriesAreOneByOne() {
    int count = 100_000;
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) { // four in each of some blocks, all over the address space
      entries.add(new Entry.Inner(prefix(i), 1 + i % 4000));
    }
    entries.add(new Entry.Inner(IpPrefix.parse("0.0.0.0/0"), 5));
    entries.add(new Entry.Inner(IpPrefix.parse("2001:db8::/48"), 7));
    entries.add(new Entry.Inner(prefix(3), 9)); // again: the later one counts
    TableWriter inner = writer(Side.INNER);
    assertThat(inner.update(entries)).isEmpty();
    for (int i = 0; i < count; i++) {
      int server = i == 3 ? 9 : 1 + i % 4000;
      assertThat(table.inner(prefix(i).address())).isEqualTo(server);
      assertThat(table.inner(prefix(i).last())).isEqualTo(server);
      assertThat(table.innerV4((int) prefix(i).address().low() ^ 128)).isEqualTo(5);
    }
    assertThat(table.inner(IpAddress.parse("2001:db8::1"))).isEqualTo(7);
    assertThat(table.innerSize()).isEqualTo(count + 2);
  }

  private static IpPrefix prefix(int i) {
    int block = (i / 4 * 0x9e37_79b1) & 0xff_ffff;
    return new IpPrefix(IpAddress.v4(block << 8 | i % 4 << 4), 28);
  }

  @Test
  void prefixesForWhichThereIsNoRoomAreRefusedAndTheOthersTaken() {
    List<Entry> entries = new ArrayList<>();
    for (int block = 0; block < 40_000; block++) {
      entries.add(new Entry.Inner(new IpPrefix(IpAddress.v4(0x0a00_0000 + (block << 8)), 28), 1));
    }
    List<Refusal> refused = writer(Side.INNER).update(entries);
    assertThat(table.innerSize()).isEqualTo(ROOM);
    assertThat(refused).hasSize(40_000 - ROOM);
    assertThat(refused)
        .allSatisfy(
            refusal -> {
              IpPrefix prefix = ((Entry.Inner) refusal.entry()).prefix();
              assertThat(table.inner(prefix.address())).isZero();
              assertThat(refusal.reason()).contains("--max-tunnels");
            });
  }
}
