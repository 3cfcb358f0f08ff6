package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pointsman.director.table.SteeringTableLayout.Section;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;

final class SteeringTableTest {
  private final Map<Section, MemorySegment> sections = new EnumMap<>(Section.class);
  private final AtomicLong nanoTime = new AtomicLong();
  private final SteeringTable table = table(TableLimits.forTunnels(1));

  private SteeringTable table(TableLimits limits) {
    TableMemory memory = TableMemory.ofProcess();
    TableMemory recording =
        new TableMemory() {
          @Override
          public MemorySegment section(Section section, long bytes) {
            sections.put(section, memory.section(section, bytes));
            return SteeringTableTest.this.bytes(section);
          }

          @Override
          public void close() {
            memory.close();
          }
        };
    return new SteeringTable(limits, recording, nanoTime::get);
  }

  private MemorySegment bytes(Section section) {
    return Objects.requireNonNull(sections.get(section));
  }

  /** The base cell of a /24 block, found as the layout says. */
  private int baseCell(int block) {
    long span = span(block);
    int bitmap = (int) span;
    int first = (int) (span >>> 32);
    int index = 0;
    boolean saysItself = first < 0;
    boolean hasItsOwn = (bitmap & 1 << block % 32) != 0;
    for (int i = 0; i < (hasItsOwn ? block % 32 : 32); i++) {
      index += bitmap >>> i & 1;
    }
    if (saysItself) {
      return hasItsOwn ? first + index : 0;
    }
    return bytes(Section.INNER_V4_CELLS).getAtIndex(ValueLayout.JAVA_INT, first + index);
  }

  @AfterEach
  void close() {
    table.close();
  }

  @Test
  void theDefaultRouteAndTheHostRouteAreBothPrefixes() {
    table.putInner(IpPrefix.parse("0.0.0.0/0"), 1);
    table.putInner(IpPrefix.parse("255.255.255.255/32"), 2);
    table.putInner(IpPrefix.parse("::/0"), 3);
    table.putInner(IpPrefix.parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"), 4);
    assertThat(table.inner(IpAddress.parse("0.0.0.0"))).isEqualTo(1);
    assertThat(table.inner(IpAddress.parse("255.255.255.254"))).isEqualTo(1);
    assertThat(table.inner(IpAddress.parse("255.255.255.255"))).isEqualTo(2);
    assertThat(table.inner(IpAddress.parse("::"))).isEqualTo(3);
    assertThat(table.inner(IpAddress.parse("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")))
        .isEqualTo(4);
    table.removeInner(IpPrefix.parse("0.0.0.0/0"));
    assertThat(table.inner(IpAddress.parse("10.0.0.1"))).isZero();
    assertThat(table.inner(IpAddress.parse("255.255.255.255"))).isEqualTo(2);
  }

  @Test
  void removingAPrefixShowsTheOneThatCoversIt() {
    table.putInner(IpPrefix.parse("10.0.0.0/8"), 1);
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 2);
    table.putInner(IpPrefix.parse("10.1.0.0/16"), 3);
    table.putInner(IpPrefix.parse("10.1.2.16/30"), 4);
    IpAddress address = IpAddress.parse("10.1.2.17");
    assertThat(table.inner(address)).isEqualTo(4);
    table.removeInner(IpPrefix.parse("10.1.2.16/30"));
    assertThat(table.inner(address)).isEqualTo(2);
    table.removeInner(IpPrefix.parse("10.1.2.16/28"));
    assertThat(table.inner(address)).isEqualTo(3);
    table.removeInner(IpPrefix.parse("10.1.0.0/16"));
    assertThat(table.inner(address)).isEqualTo(1);
    assertThat(table.innerV4GroupsInUse()).isZero();
  }

  @Test
  void aBlockTakesTheLargeGroupOnlyWhileAPrefixNeedsIt() {
    table.putInner(IpPrefix.parse("10.1.0.0/16"), 1);
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 2);
    table.putInner(IpPrefix.parse("10.1.2.128/25"), 3);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xc0 | 16);
    table.putInner(IpPrefix.parse("10.1.2.17/32"), 4);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0x80 | 16);
    assertThat(table.inner(IpAddress.parse("10.1.2.16"))).isEqualTo(2);
    assertThat(table.inner(IpAddress.parse("10.1.2.17"))).isEqualTo(4);
    assertThat(table.inner(IpAddress.parse("10.1.2.255"))).isEqualTo(3);
    assertThat(table.inner(IpAddress.parse("10.1.2.32"))).isEqualTo(1);
    assertThat(table.innerV4GroupsInUse()).isEqualTo(1);
    table.removeInner(IpPrefix.parse("10.1.2.17/32"));
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xc0 | 16);
    assertThat(table.inner(IpAddress.parse("10.1.2.17"))).isEqualTo(2);
    assertThat(table.innerV4GroupsInUse()).isEqualTo(1);
  }

  @Test
  void aPrefixThatNoCellShowsIsNotForgotten() {
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 1);
    table.putInner(IpPrefix.parse("10.1.2.16/29"), 2);
    table.putInner(IpPrefix.parse("10.1.2.24/29"), 3);
    assertThat(table.innerSize()).isEqualTo(3);
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 4);
    Map<IpPrefix, Integer> listed = new HashMap<>();
    table.forEachInner(listed::put);
    assertThat(listed)
        .isEqualTo(
            Map.of(
                IpPrefix.parse("10.1.2.16/28"), 4,
                IpPrefix.parse("10.1.2.16/29"), 2,
                IpPrefix.parse("10.1.2.24/29"), 3));
    table.removeInner(IpPrefix.parse("10.1.2.24/29"));
    assertThat(table.inner(IpAddress.parse("10.1.2.24"))).isEqualTo(4);
    assertThat(table.inner(IpAddress.parse("10.1.2.16"))).isEqualTo(2);
    assertThat(table.innerSize()).isEqualTo(2);
  }

  @Test
  void zeroIsAnAddressLikeAnyOther() {
    assertThat(table.outer(IpAddress.parse("0.0.0.0"))).isZero();
    assertThat(table.outer(IpAddress.parse("::"))).isZero();
    table.putOuter(IpAddress.parse("0.0.0.0"), 5);
    table.putOuter(IpAddress.parse("::"), 6);
    assertThat(table.outer(IpAddress.parse("0.0.0.0"))).isEqualTo(5);
    assertThat(table.outer(IpAddress.parse("::"))).isEqualTo(6);
  }

  @Test
  void takesAsManyAddressesAsItWasMadeForAndRefusesMoreWithoutForgettingAny() {
    int tunnels = 50_000;
    try (SteeringTable full = new SteeringTable(TableLimits.forTunnels(tunnels))) {
      SplittableRandom random = new SplittableRandom(7);
      int[] addresses = random.ints().distinct().limit(200_000).toArray();
      int held = 0;
      try {
        while (true) {
          full.putOuter(IpAddress.v4(addresses[held]), 1 + held % 4000);
          held++;
        }
      } catch (TableFullException refused) {
        assertThat(refused).hasMessageContaining("--max-tunnels");
      }
      assertThat(held).isGreaterThanOrEqualTo(tunnels);
      for (int i = 0; i < addresses.length; i++) {
        assertThat(full.outerV4(addresses[i])).isEqualTo(i < held ? 1 + i % 4000 : 0);
      }
      Map<IpAddress, Integer> listed = new HashMap<>();
      full.forEachOuter(listed::put);
      assertThat(listed)
          .hasSize(held)
          .containsEntry(IpAddress.v4(addresses[held - 1]), 1 + (held - 1) % 4000);
      full.removeOuter(IpAddress.v4(addresses[0]));
      full.putOuter(IpAddress.v4(addresses[held]), 9);
      assertThat(full.outerV4(addresses[held])).isEqualTo(9);
    }
  }

  @Test
  void batchesFillItAndRefuseWhatIsLeftWithoutForgettingAny() {
    int tunnels = 50_000;
    try (SteeringTable full = new SteeringTable(TableLimits.forTunnels(tunnels))) {
      SplittableRandom random = new SplittableRandom(8);
      int[] addresses = random.ints().distinct().limit(90_000).toArray();
      Map<Integer, Integer> model = new HashMap<>();
      for (int known : new int[] {100, 20_000, 45_000, 90_000}) { // few, many, nearly all, too many
        putBatch(full, model, random, Arrays.copyOf(addresses, known));
      }
      assertThat(full.outerSize()).isEqualTo(model.size()).isGreaterThanOrEqualTo(tunnels);
      for (int i = 0; i < 90_000; i += 3) { // and what goes leaves gaps
        assertThat(full.removeOuter(IpAddress.v4(addresses[i])))
            .isEqualTo(model.remove(addresses[i]) != null);
      }
      putBatch(full, model, random, Arrays.copyOf(addresses, 20_000));
      Map<IpAddress, Integer> listed = new HashMap<>();
      full.forEachOuter(listed::put);
      assertThat(listed).hasSize(model.size());
    }
  }

  /** All addresses, in any order and some of them twice; the later of two counts. */
  private static void putBatch(
      SteeringTable table, Map<Integer, Integer> model, SplittableRandom random, int[] addresses) {
    OuterV4Batch batch = new OuterV4Batch(10);
    Map<Integer, Integer> wanted = new HashMap<>();
    for (int i = 0; i < addresses.length * 5 / 4; i++) {
      int address = addresses[random.nextInt(addresses.length)];
      int server = 1 + random.nextInt(SteeringTableLayout.MOST_SERVERS);
      batch.add(address, server);
      wanted.put(address, server);
    }
    Map<IpAddress, String> refused = table.putOuter(batch);
    refused.keySet().forEach(address -> wanted.remove((int) address.low()));
    model.putAll(wanted);
    for (int address : addresses) {
      assertThat(table.outerV4(address)).isEqualTo(model.getOrDefault(address, 0));
    }
    assertThat(refused.size()).isLessThan(addresses.length / 2);
  }

  @Test
  void takesAsManyV6AddressesAndPrefixesAsItWasMadeFor() {
    int tunnels = 20_000;
    try (SteeringTable full = new SteeringTable(TableLimits.forTunnels(tunnels))) {
      for (int i = 0; i < tunnels; i++) {
        full.putOuter(IpAddress.v6(0x2001_0db8L << 32, i), 1 + i % 4000);
        full.putInner(IpPrefix.containing(IpAddress.v6(0x2001_0db8L << 32 | i, 0), 64), 1);
      }
      for (int i = 0; i < tunnels; i++) {
        assertThat(full.outerV6(0x2001_0db8L << 32, i)).isEqualTo(1 + i % 4000);
      }
      assertThatThrownBy(() -> full.putOuter(IpAddress.parse("2001:db8:f::"), 1))
          .isInstanceOf(TableFullException.class)
          .hasMessageContaining("20,000");
      assertThatThrownBy(() -> full.putInner(IpPrefix.parse("2001:db9::/64"), 1))
          .isInstanceOf(TableFullException.class);
      assertThat(full.inner(IpAddress.parse("2001:db9::1"))).isZero();
      assertThat(full.outerSize()).isEqualTo(tunnels);
    }
  }

  @Test
  void aFreedGroupRestsBeforeItStandsForAnotherBlock() {
    try (SteeringTable small = table(new TableLimits(65_536, 1, 2, 1))) {
      putTwo(small, 0x0a_0000);
      int first = baseCell(0x0a_0000) & 0xffffff;
      small.removeInner(IpPrefix.parse("10.0.0.0/28"));
      small.removeInner(IpPrefix.parse("10.0.0.16/28"));
      putTwo(small, 0x0a_0001);
      assertThat(baseCell(0x0a_0001) & 0xffffff).isNotEqualTo(first);
      nanoTime.addAndGet(1_000_000_000L);
      putTwo(small, 0x0a_0002);
      assertThat(baseCell(0x0a_0002) & 0xffffff).isEqualTo(first);
      assertThatThrownBy(() -> small.putInner(IpPrefix.parse("10.0.3.0/28"), 1))
          .isInstanceOf(TableFullException.class);
      assertThat(small.inner(IpAddress.parse("10.0.3.1"))).isZero();
      assertThat(small.innerSize()).isEqualTo(4);
    }
  }

  @Test
  void aGroupIsNarrowWhileItsPrefixesAreOfOneLengthAndNothingCoversThem() {
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 9);
    table.putInner(IpPrefix.parse("10.1.2.64/28"), 255);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xe0 | 4);
    int number = baseCell(0x0a0102) & 0xffffff;
    MemorySegment narrow = bytes(Section.INNER_V4_NARROW_GROUPS);
    assertThat(narrow.get(ValueLayout.JAVA_BYTE, 16L * number + 1)).isEqualTo((byte) 9);
    assertThat(table.inner(IpAddress.parse("10.1.2.79"))).isEqualTo(255);
    assertThat(table.inner(IpAddress.parse("10.1.2.80"))).isZero();

    table.putInner(IpPrefix.parse("10.1.2.64/28"), 256);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xc0);
    assertThat(table.inner(IpAddress.parse("10.1.2.79"))).isEqualTo(256);
    table.putInner(IpPrefix.parse("10.1.2.64/28"), 2);
    table.putInner(IpPrefix.parse("10.1.2.128/26"), 3);
    table.removeInner(IpPrefix.parse("10.1.2.128/26"));
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xe0 | 4);

    table.putInner(IpPrefix.parse("10.1.0.0/16"), 1);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xc0 | 16);
    assertThat(table.inner(IpAddress.parse("10.1.2.80"))).isEqualTo(1);
    assertThat(table.inner(IpAddress.parse("10.1.2.16"))).isEqualTo(9);
    table.removeInner(IpPrefix.parse("10.1.0.0/16"));
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0xe0 | 4);

    table.putInner(IpPrefix.parse("10.1.2.17/32"), 4);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0x80);
    assertThat(table.inner(IpAddress.parse("10.1.2.18"))).isEqualTo(9);
    assertThat(table.innerV4GroupsInUse()).isEqualTo(1);
  }

  private static void putTwo(SteeringTable table, int block) {
    table.putInner(new IpPrefix(IpAddress.v4(block << 8), 28), 1);
    table.putInner(new IpPrefix(IpAddress.v4(block << 8 | 16), 28), 1);
  }

  @Test
  void aPrefixAloneInItsBlockNeedsNoGroup() {
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 9);
    assertThat(baseCell(0x0a0102)).isEqualTo(4 << 20 | 16 << 12 | 9);
    assertThat(table.inner(IpAddress.parse("10.1.2.16"))).isEqualTo(9);
    assertThat(table.inner(IpAddress.parse("10.1.2.31"))).isEqualTo(9);
    assertThat(table.inner(IpAddress.parse("10.1.2.15"))).isZero();
    assertThat(table.inner(IpAddress.parse("10.1.2.32"))).isZero();
    table.putInner(IpPrefix.parse("10.1.2.17/32"), 8);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0x80);
    table.removeInner(IpPrefix.parse("10.1.2.16/28"));
    assertThat(baseCell(0x0a0102)).isEqualTo(8 << 20 | 17 << 12 | 8);
    table.putInner(IpPrefix.parse("10.1.0.0/16"), 7);
    assertThat(baseCell(0x0a0102) >>> 24).isEqualTo(0x80 | 16);
    assertThat(table.inner(IpAddress.parse("10.1.2.18"))).isEqualTo(7);
    table.removeInner(IpPrefix.parse("10.1.0.0/16"));
    assertThat(baseCell(0x0a0102)).isEqualTo(8 << 20 | 17 << 12 | 8);
    table.removeInner(IpPrefix.parse("10.1.2.17/32"));
    assertThat(baseCell(0x0a0102)).isZero();
    nanoTime.addAndGet(1_000_000_000L);
    table.putInner(IpPrefix.parse("10.1.2.16/28"), 9);
    assertThat(table.innerV4BytesInUse()).as("what was freed is free").isEqualTo(128);
  }

  @Test
  void aSpanWhoseBlocksHaveGroupsInOrderNeedsNoCells() {
    List<Integer> blocks =
        IntStream.range(0x0a_0020, 0x0a_0040).filter(b -> b % 3 > 0).boxed().toList();
    blocks.forEach(block -> putTwo(table, block));
    int bitmap = blocks.stream().mapToInt(block -> 1 << block).reduce(0, (a, b) -> a | b);
    long span = (0xe400_0000L + 1) << 32 | Integer.toUnsignedLong(bitmap);
    assertThat(span(0x0a_0020)).isEqualTo(span);
    assertBothOf(blocks);
    assertThat(table.inner(IpAddress.parse("10.0.35.0"))).as("block 35 is a gap").isZero();
    nanoTime.addAndGet(1_000_000_000L);
    table.putInner(IpPrefix.parse("10.0.35.0/28"), 7);
    assertThat(span(0x0a_0020) >>> 63).as("one that is alone has no group").isZero();
    assertBothOf(blocks);
    assertThat(table.inner(IpAddress.parse("10.0.35.1"))).isEqualTo(7);
    table.removeInner(IpPrefix.parse("10.0.35.0/28"));
    assertThat(span(0x0a_0020)).isEqualTo(span);

    table.putInner(IpPrefix.parse("10.0.0.0/8"), 8);
    assertThat(span(0x0a_0020) >>> 63).as("a gap that is covered is none").isZero();
    assertBothOf(blocks);
    assertThat(table.inner(IpAddress.parse("10.0.35.1"))).isEqualTo(8);
    table.removeInner(IpPrefix.parse("10.0.0.0/8"));
    assertBothOf(blocks);
    assertThat(table.inner(IpAddress.parse("10.0.35.1"))).isZero();

    int gone = blocks.get(5);
    for (int address : new int[] {gone << 8, gone << 8 | 16}) {
      assertThat(table.removeInner(new IpPrefix(IpAddress.v4(address), 28))).isTrue();
    }
    assertBothOf(blocks.stream().filter(block -> block != gone).toList());
    assertThat(table.innerV4(gone << 8)).isZero();
  }

  /** Bytes of the span that a block is in. */
  private long span(int block) {
    return bytes(Section.INNER_V4_SPANS).getAtIndex(ValueLayout.JAVA_LONG, block / 32);
  }

  private void assertBothOf(List<Integer> blocks) {
    for (int block : blocks) {
      assertThat(table.innerV4(block << 8 | 15)).isEqualTo(1);
      assertThat(table.innerV4(block << 8 | 16)).isEqualTo(1);
    }
  }

  @Test
  void prefixesAloneLeaveRoomForTheOneThatCoversThemAll() {
    try (SteeringTable small = table(new TableLimits(65_536, 1, 100, 1))) {
      for (int i = 0; i < 100; i++) {
        small.putInner(new IpPrefix(IpAddress.v4(0x0a00_0000 + (i << 16)), 28), 1);
        small.putInner(new IpPrefix(IpAddress.v4(0x0a00_0100 + (i << 16)), 32), 2);
      }
      assertThatThrownBy(() -> small.putInner(IpPrefix.parse("11.0.0.0/28"), 1))
          .isInstanceOf(TableFullException.class);
      assertThatThrownBy(() -> small.putInner(IpPrefix.parse("11.0.0.0/29"), 1))
          .isInstanceOf(TableFullException.class);
      // Its block has a small group reserved, and there is no large one left.
      assertThatThrownBy(() -> small.putInner(IpPrefix.parse("10.0.0.16/29"), 1))
          .isInstanceOf(TableFullException.class);
      small.putInner(IpPrefix.parse("10.0.0.0/8"), 3);
      for (int i = 0; i < 100; i++) {
        assertThat(small.innerV4(0x0a00_0000 + (i << 16))).isEqualTo(1);
        assertThat(small.innerV4(0x0a00_0010 + (i << 16))).isEqualTo(3);
        assertThat(small.innerV4(0x0a00_0100 + (i << 16))).isEqualTo(2);
        assertThat(small.innerV4(0x0a00_0101 + (i << 16))).isEqualTo(3);
      }
      assertThat(small.innerSize()).isEqualTo(201);
    }
  }

  @Test
  void theBytesAreWhereTheLayoutSays() {
    table.putOuter(IpAddress.parse("192.0.2.7"), 9);
    table.putInner(IpPrefix.parse("10.1.0.0/16"), 8);
    table.putInner(IpPrefix.parse("2001:db8::/48"), 7);
    table.setServerMac(9, MacAddress.parse("02:00:5e:10:00:01").bits());

    MemorySegment header = bytes(Section.HEADER);
    assertThat(header.get(ValueLayout.JAVA_LONG, 0)).isEqualTo(SteeringTableLayout.MAGIC);
    assertThat(header.get(ValueLayout.JAVA_INT, 8)).isEqualTo(5);
    long buckets = header.get(ValueLayout.JAVA_INT, 16);
    int tagShift = header.get(ValueLayout.JAVA_INT, 20);
    long product = (SteeringTableLayout.spread(0xc000_0207) & 0xffff_ffffL) * buckets;
    assertThat(buckets * 16).isEqualTo(bytes(Section.OUTER_V4).byteSize());
    assertThat(bytes(Section.OUTER_V4).get(ValueLayout.JAVA_INT, (product >>> 32) * 16))
        .isEqualTo((int) product >>> tagShift << 14 | 1 << 12 | 9);
    assertThat(header.get(ValueLayout.JAVA_INT, 320)).isEqualTo(0xc000_0207);
    int filterBit = SteeringTableLayout.spread(0xc000_0207) >>> 21;
    for (int word = 0; word < 32; word++) {
      assertThat(header.get(ValueLayout.JAVA_LONG, 512 + 8L * word))
          .isEqualTo(word == filterBit / 64 ? 1L << filterBit : 0);
    }

    assertThat(baseCell(0x0a01ff)).isEqualTo(16 << 24 | 8);
    assertThat(header.get(ValueLayout.JAVA_LONG, 256)).isEqualTo(1L << 48);
    MemorySegment entries = bytes(Section.INNER_V6_ENTRIES);
    assertThat(entries.get(ValueLayout.JAVA_LONG, 32)).isEqualTo(0x2001_0db8_0000_0000L);
    assertThat(entries.get(ValueLayout.JAVA_INT, 32 + 16)).isEqualTo(48);
    assertThat(entries.get(ValueLayout.JAVA_INT, 32 + 20)).isEqualTo(7);
    assertThat(bytes(Section.SERVERS).get(ValueLayout.JAVA_LONG, 9 * 64))
        .isEqualTo(0x0200_5e10_0001L);
  }

  @Test
  void countsPerServer() {
    table.countSteered(3, 100);
    table.countSteered(3, 60);
    table.countUnreachable(4);
    assertThat(table.packets(3)).isEqualTo(2);
    assertThat(table.bytes(3)).isEqualTo(160);
    assertThat(table.unreachablePackets(4)).isEqualTo(1);
    table.clearServer(3);
    assertThat(table.packets(3)).isZero();
  }

  @Test
  void serverIndexesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> table.putOuter(IpAddress.parse("192.0.2.1"), 0))
        .hasMessageContaining("1 to 4095");
    assertThatThrownBy(() -> table.putInner(IpPrefix.parse("10.0.0.0/8"), 4096))
        .hasMessageContaining("1 to 4095");
  }
}
