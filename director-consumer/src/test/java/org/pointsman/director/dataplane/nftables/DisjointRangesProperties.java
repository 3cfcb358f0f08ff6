package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Delta;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.director.table.SteeringTable;
import org.pointsman.director.table.TableLimits;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;

/** The ranges against the table's longest prefix, and their changes against the ranges. */
final class DisjointRangesProperties {
  @Property(tries = 60)
  void everyAddressHasTheServerOfItsLongestPrefix(
      @ForAll("batches") List<Map<IpPrefix, Integer>> batches) {
    IpFamily family = family(batches);
    DisjointRanges ranges = new DisjointRanges(family, List.of());
    List<IpAddress> probes = probes(batches);
    try (SteeringTable table = new SteeringTable(TableLimits.forTunnels(1))) {
      for (Map<IpPrefix, Integer> batch : batches) {
        Delta _ = ranges.apply(batch);
        batch.forEach(
            (prefix, server) -> {
              if (server == 0) {
                boolean _ = table.removeInner(prefix);
              } else {
                table.putInner(prefix, server);
              }
            });
        for (IpAddress probe : probes) {
          assertThat(ranges.server(probe)).as("%s", probe).isEqualTo(table.inner(probe));
        }
        assertThat(ranges.prefixCount()).isEqualTo(table.innerSize());
      }
    }
  }

  @Property(tries = 300)
  void theChangesAreExactlyWhatIsDifferent(
      @ForAll("batches") List<Map<IpPrefix, Integer>> batches) {
    DisjointRanges ranges = new DisjointRanges(family(batches), List.of());
    for (Map<IpPrefix, Integer> batch : batches) {
      Set<Range> before = new HashSet<>(ranges.ranges());
      Delta delta = ranges.apply(batch);
      Set<Range> after = new HashSet<>(ranges.ranges());
      Set<Range> gone = new HashSet<>(before);
      gone.removeAll(after);
      Set<Range> come = new HashSet<>(after);
      come.removeAll(before);
      assertThat(delta.removed()).doesNotHaveDuplicates().hasSameElementsAs(gone);
      assertThat(delta.added()).doesNotHaveDuplicates().hasSameElementsAs(come);
    }
  }

  @Property(tries = 300)
  void rangesAreInOrderAndAsLongAsTheyCanBe(
      @ForAll("batches") List<Map<IpPrefix, Integer>> batches) {
    DisjointRanges ranges = new DisjointRanges(family(batches), List.of());
    batches.forEach(ranges::apply);
    Range last = null;
    for (Range range : ranges.ranges()) {
      assertThat(range.server()).isPositive();
      assertThat(range.first()).isLessThanOrEqualTo(range.last());
      if (last != null) {
        assertThat(range.first()).isGreaterThan(last.last());
        boolean touches = DisjointRanges.after(last.last()).equals(range.first());
        assertThat(touches && last.server() == range.server()).isFalse();
      }
      last = range;
    }
  }

  /** The same prefixes, however they came, are the same ranges: what a restart relies on. */
  @Property(tries = 300)
  void theRangesDoNotDependOnHistory(@ForAll("batches") List<Map<IpPrefix, Integer>> batches) {
    IpFamily family = family(batches);
    DisjointRanges grown = new DisjointRanges(family, List.of());
    Map<IpPrefix, Integer> all = new TreeMap<>();
    for (Map<IpPrefix, Integer> batch : batches) {
      Delta _ = grown.apply(batch);
      all.putAll(batch);
    }
    all.values().removeIf(server -> server == 0);
    DisjointRanges atOnce = new DisjointRanges(family, List.of());
    Delta _ = atOnce.apply(all);
    DisjointRanges oneByOne = new DisjointRanges(family, List.of());
    all.forEach((prefix, server) -> oneByOne.apply(Map.of(prefix, server)));
    assertThat(grown.ranges()).containsExactlyElementsOf(atOnce.ranges());
    assertThat(oneByOne.ranges()).containsExactlyElementsOf(atOnce.ranges());
  }

  @Property(tries = 300)
  void addressesInHolesHaveNoServerAndOthersKeepTheirs(
      @ForAll("batches") List<Map<IpPrefix, Integer>> batches,
      @ForAll("batches") List<Map<IpPrefix, Integer>> forHoles) {
    IpFamily family = family(batches);
    List<IpPrefix> holes =
        forHoles.stream()
            .flatMap(batch -> batch.keySet().stream())
            .filter(prefix -> prefix.length() > family.bits() - 12)
            .toList();
    DisjointRanges whole = new DisjointRanges(family, List.of());
    DisjointRanges holed = new DisjointRanges(family, holes);
    List<IpAddress> probes = new ArrayList<>(probes(batches));
    holes.stream().filter(h -> h.family() == family).forEach(h -> probes.add(h.last()));
    for (Map<IpPrefix, Integer> batch : batches) {
      Delta _ = whole.apply(batch);
      Delta _ = holed.apply(batch);
      for (IpAddress probe : probes) {
        boolean inHole = holes.stream().anyMatch(hole -> hole.contains(probe));
        assertThat(holed.server(probe)).isEqualTo(inHole ? 0 : whole.server(probe));
      }
    }
  }

  /** Batches of prefix → server, 0 for one that goes; all of one family. */
  @Provide
  Arbitrary<List<Map<IpPrefix, Integer>>> batches() {
    return Arbitraries.oneOf(batchesOf(v4()), batchesOf(v6()));
  }

  private static Arbitrary<List<Map<IpPrefix, Integer>>> batchesOf(Arbitrary<IpPrefix> prefix) {
    return Combinators.combine(prefix, Arbitraries.integers().between(0, 3))
        .as(Map::entry)
        .list()
        .ofMinSize(1)
        .ofMaxSize(12)
        .map(
            entries -> {
              Map<IpPrefix, Integer> batch = new LinkedHashMap<>();
              entries.forEach(entry -> batch.put(entry.getKey(), entry.getValue()));
              return batch;
            })
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  /** Few different bits, so that prefixes nest, touch and meet again; both ends of the space. */
  private static Arbitrary<IpPrefix> v4() {
    return Combinators.combine(
            Arbitraries.of(0, 0x0a00_0000, 0x0aff_ff00, 0xffff_ff00),
            Arbitraries.integers().between(0, 255),
            Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.integers().between(22, 32)),
                Tuple.of(1, Arbitraries.integers().between(0, 21))))
        .as((high, low, length) -> IpPrefix.containing(IpAddress.v4(high | low), length));
  }

  private static Arbitrary<IpPrefix> v6() {
    return Combinators.combine(
            Arbitraries.of(0L, 0x2001_0db8_0000_0000L, -1L),
            Arbitraries.of(0L, 1L, 2L, 1L << 63, -1L),
            Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.integers().between(120, 128)),
                Tuple.of(4, Arbitraries.integers().between(60, 66)),
                Tuple.of(1, Arbitraries.integers().between(0, 48))))
        .as((high, low, length) -> IpPrefix.containing(IpAddress.v6(high, low), length));
  }

  private static IpFamily family(List<Map<IpPrefix, Integer>> batches) {
    return batches.getFirst().keySet().iterator().next().family();
  }

  private static List<IpAddress> probes(List<Map<IpPrefix, Integer>> batches) {
    Map<IpAddress, Boolean> probes = new HashMap<>();
    for (Map<IpPrefix, Integer> batch : batches) {
      for (IpPrefix prefix : batch.keySet()) {
        probes.put(prefix.address(), true);
        probes.put(prefix.last(), true);
        probes.put(DisjointRanges.before(prefix.address()), true);
        probes.put(DisjointRanges.after(prefix.last()), true);
      }
    }
    return List.copyOf(probes.keySet());
  }
}
