package org.pointsman.director.dataplane.nftables;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Delta;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.IpPrefix;
import org.pointsman.model.MacAddress;

/** From any state to any other, in a table that refuses what the kernel refuses. */
final class DifferenceProperties {
  /** What the kernel would have, by set: key → what it gives. */
  private static final class Model {
    private final Map<TableSet, Map<String, String>> sets = new HashMap<>();
    private final Set<String> counters = new HashSet<>();

    static Model of(TableState state) {
      Model model = new Model();
      Difference.between(TableState.EMPTY, state, Integer.MAX_VALUE).forEach(model::commit);
      return model;
    }

    void commit(Changes changes) {
      changes.newCounters.forEach(name -> assertThat(counters.add(name)).as(name).isTrue());
      changes.removed.forEach(
          (set, elements) ->
              elements.forEach(
                  element ->
                      assertThat(of(set).remove(key(element)))
                          .as("%s in %s", key(element), set)
                          .isNotNull()));
      changes.added.forEach(
          (set, elements) ->
              elements.forEach(
                  element ->
                      assertThat(of(set).put(key(element), value(element)))
                          .as("%s in %s", key(element), set)
                          .isNull()));
      changes.goneCounters.forEach(name -> assertThat(counters.remove(name)).as(name).isTrue());
    }

    private Map<String, String> of(TableSet set) {
      return sets.computeIfAbsent(set, _ -> new TreeMap<>());
    }

    private static String key(Element element) {
      return HexFormat.of().formatHex(element.key()) + (element.end() ? " end" : "");
    }

    private static String value(Element element) {
      return (element.data() == null ? "" : HexFormat.of().formatHex(element.data()))
          + element.object();
    }

    @Override
    public String toString() {
      sets.values().removeIf(Map::isEmpty);
      return new TreeMap<>(sets) + " " + new TreeSet<>(counters);
    }
  }

  @Property(tries = 500)
  void theTransactionsMakeOneStateOfTheOther(
      @ForAll("states") TableState have,
      @ForAll("states") TableState want,
      @ForAll @IntRange(min = 1, max = 40) int most) {
    Model model = Model.of(have);
    List<Changes> transactions = Difference.between(have, want, most);
    transactions.forEach(model::commit);
    assertThat(model).hasToString(Model.of(want).toString());
  }

  @Property(tries = 200)
  void whatIsRightIsLeftAlone(@ForAll("states") TableState state) {
    assertThat(Difference.between(state, state, 10)).isEmpty();
  }

  /** In every state in between, an address has its old server or its new one. */
  @Property(tries = 300)
  void noPacketGoesAstrayInBetween(
      @ForAll("states") TableState have, @ForAll("states") TableState want) {
    Model model = Model.of(have);
    Map<String, String> before = new HashMap<>(model.of(TableSet.OUTER4));
    Map<String, String> after = Model.of(want).of(TableSet.OUTER4);
    for (Changes transaction : Difference.between(have, want, 1)) {
      model.commit(transaction);
      Map<String, String> now = model.of(TableSet.OUTER4);
      Set<String> keys = new HashSet<>(before.keySet());
      keys.addAll(after.keySet());
      for (String key : keys) {
        assertThat(String.valueOf(now.get(key)))
            .isIn(String.valueOf(before.get(key)), String.valueOf(after.get(key)));
      }
    }
  }

  @Provide
  Arbitrary<TableState> states() {
    Arbitrary<IpAddress> address =
        Arbitraries.oneOf(
            Arbitraries.integers().between(1, 30).map(i -> IpAddress.v4(0x0a00_0000 + i)),
            Arbitraries.integers().between(1, 10).map(i -> IpAddress.v6(0x2001L << 48, i)));
    Arbitrary<Map<Integer, Optional<MacAddress>>> servers =
        Arbitraries.maps(
            Arbitraries.integers().between(1, 5),
            Arbitraries.longs().between(1, 4).map(MacAddress::new).optional());
    Arbitrary<Map<IpAddress, Integer>> outer =
        Arbitraries.maps(address, Arbitraries.integers().between(1, 5)).ofMaxSize(20);
    return Combinators.combine(
            servers, address.set().ofMaxSize(4), address.set().ofMaxSize(4), outer, v4(), v6())
        .as(TableState::new);
  }

  private static Arbitrary<List<Range>> v4() {
    return ranges(
        IpFamily.V4,
        Combinators.combine(
                Arbitraries.of(0, 0x0a00_0000, 0xffff_ff00),
                Arbitraries.integers().between(0, 255),
                Arbitraries.integers().between(20, 32))
            .as((high, low, length) -> IpPrefix.containing(IpAddress.v4(high | low), length)));
  }

  private static Arbitrary<List<Range>> v6() {
    return ranges(
        IpFamily.V6,
        Combinators.combine(Arbitraries.of(0L, 1L, -1L), Arbitraries.integers().between(60, 68))
            .as((high, length) -> IpPrefix.containing(IpAddress.v6(high, high), length)));
  }

  private static Arbitrary<List<Range>> ranges(IpFamily family, Arbitrary<IpPrefix> prefixes) {
    return Arbitraries.maps(prefixes, Arbitraries.integers().between(1, 5))
        .ofMaxSize(12)
        .map(
            map -> {
              DisjointRanges ranges = new DisjointRanges(family, List.of());
              Delta _ = ranges.apply(map);
              return List.copyOf(ranges.ranges());
            });
  }
}
