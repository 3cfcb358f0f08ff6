package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/** What is put into spans in which there is nothing, against the same put one by one. */
final class FreshSpanTest {
  private static final int FIRST = 0x0a00_0000;
  private static final int SPAN = 1 << 13;
  private static final int SPANS = 4;

  private record Put(IpPrefix prefix, int server) {}

  /** Subnets of a few spans, most often of one length in a block; the same one more than once. */
  private static List<Put> someOf(SplittableRandom random) {
    List<Put> puts = new ArrayList<>();
    int mostServer = random.nextInt(8) == 0 ? 300 : 255;
    int odd = random.nextInt(4) == 0 ? 1 + random.nextInt(29) : 0;
    for (int span = 0; span < SPANS; span++) {
      int count = 1 << random.nextInt(10);
      for (int i = 0; i < count; i++) {
        int address = FIRST + span * SPAN + random.nextInt(SPAN);
        int length = odd > 0 && i == count / 2 ? 3 + odd : 25 + (address >>> 8 & 3);
        puts.add(new Put(prefix(address, length), 1 + random.nextInt(mostServer)));
      }
    }
    return puts;
  }

  private static IpPrefix prefix(int address, int length) {
    return new IpPrefix(IpAddress.v4(address & -1 << (32 - length)), length);
  }

  private static InnerV4Batch batch(List<Put> puts) {
    InnerV4Batch batch = new InnerV4Batch(puts.size());
    puts.forEach(
        put -> batch.add((int) put.prefix().address().low(), put.prefix().length(), put.server()));
    return batch;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aBatchSaysWhatTheSameSaysOneByOne(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 40; i++) {
      List<Put> puts = someOf(random);
      TableLimits limits = TableLimits.forTunnels(1);
      try (SteeringTable singly = new SteeringTable(limits);
          SteeringTable batched = new SteeringTable(limits)) {
        puts.forEach(put -> singly.putInner(put.prefix(), put.server()));
        assertThat(batched.putInner(batch(puts))).isEmpty();

        TableContents contents = TableContents.of(singly);
        assertThat(TableContents.of(batched)).isEqualTo(contents);
        for (int address = FIRST - 1; address <= FIRST + SPANS * SPAN; address++) {
          if (batched.innerV4(address) != singly.innerV4(address)) {
            assertThat(batched.innerV4(address))
                .as("seed %d, table %d, %08x", seed, i, address)
                .isEqualTo(singly.innerV4(address));
          }
        }
        contents.inner().keySet().forEach(batched::removeInner);
        assertThat(batched.innerSize()).isZero();
        assertThat(batched.innerV4GroupsInUse()).isZero();
      }
    }
  }

  @Test
  void whatHasNoRoomIsRefusedAndTheRestIsThere() {
    TableLimits limits = TableLimits.forTunnels(1);
    try (SteeringTable table = new SteeringTable(limits)) {
      int blocks = limits.innerV4Groups();
      List<Put> puts = new ArrayList<>();
      for (int block = 0; block < blocks + 40; block++) {
        puts.add(new Put(prefix(FIRST + (block << 8), 28), 1 + block % 9));
        puts.add(new Put(prefix(FIRST + (block << 8 | 16), 28), 1 + block % 7));
      }
      Map<IpPrefix, String> refused = table.putInner(batch(puts));
      assertThat(refused).hasSize(80);
      for (Put put : puts) {
        assertThat(table.inner(put.prefix().address()))
            .isEqualTo(refused.containsKey(put.prefix()) ? 0 : put.server());
      }
    }
  }
}
