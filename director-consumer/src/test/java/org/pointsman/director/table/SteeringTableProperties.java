package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/** The table against a map and a linear search for the longest prefix. */
final class SteeringTableProperties {
  /** Put a prefix on a server, or (server 0) remove it. */
  record Step(IpPrefix prefix, int server) {}

  @Property(tries = 200)
  void outerIsAMap(@ForAll("addresses") List<Step> steps) {
    Map<IpAddress, Integer> model = new HashMap<>();
    try (SteeringTable table = new SteeringTable(TableLimits.forTunnels(1))) {
      for (Step step : steps) {
        IpAddress address = step.prefix().address();
        if (step.server() == 0) {
          assertThat(table.removeOuter(address)).isEqualTo(model.remove(address) != null);
        } else {
          table.putOuter(address, step.server());
          model.put(address, step.server());
        }
        for (Step other : steps) {
          IpAddress probe = other.prefix().address();
          assertThat(table.outer(probe)).isEqualTo(model.getOrDefault(probe, 0));
        }
      }
      assertThat(table.outerSize()).isEqualTo(model.size());
      Map<IpAddress, Integer> listed = new HashMap<>();
      table.forEachOuter(listed::put);
      assertThat(listed).isEqualTo(model);
    }
  }

  @Property(tries = 200)
  void innerIsTheLongestPrefix(@ForAll("prefixes") List<Step> steps) {
    List<IpAddress> probes = probes(steps);
    Map<IpPrefix, Integer> model = new HashMap<>();
    try (SteeringTable table = new SteeringTable(TableLimits.forTunnels(1))) {
      for (Step step : steps) {
        if (step.server() == 0) {
          assertThat(table.removeInner(step.prefix()))
              .isEqualTo(model.remove(step.prefix()) != null);
        } else {
          table.putInner(step.prefix(), step.server());
          model.put(step.prefix(), step.server());
        }
        for (IpAddress probe : probes) {
          assertThat(table.inner(probe))
              .as("%s after %s", probe, step)
              .isEqualTo(longest(model, probe));
        }
      }
      assertThat(table.innerSize()).isEqualTo(model.size());
      Map<IpPrefix, Integer> listed = new HashMap<>();
      table.forEachInner(listed::put);
      assertThat(listed).isEqualTo(model);
    }
  }

  @Property(tries = 50)
  void whatIsPutInBatchesIsAsIfPutOneByOne(
      @ForAll("prefixes") List<Step> before, @ForAll("prefixes") List<Step> steps) {
    TableLimits limits = TableLimits.forTunnels(1);
    try (SteeringTable singly = new SteeringTable(limits);
        SteeringTable batched = new SteeringTable(limits)) {
      for (Step step : before) {
        singly.putInner(step.prefix(), 9);
        batched.putInner(step.prefix(), 9);
      }
      OuterV4Batch addresses = new OuterV4Batch(0);
      InnerV4Batch prefixes = new InnerV4Batch(0);
      for (Step step : steps) {
        IpPrefix prefix = step.prefix();
        if (prefix.address().isV4()) {
          singly.putInner(prefix, 1 + step.server());
          singly.putOuter(prefix.address(), 1 + step.server());
          addresses.add((int) prefix.address().low(), 1 + step.server());
          prefixes.add((int) prefix.address().low(), prefix.length(), 1 + step.server());
        }
      }
      assertThat(batched.putOuter(addresses)).isEmpty();
      assertThat(batched.putInner(prefixes)).isEmpty();
      assertThat(TableContents.of(batched)).isEqualTo(TableContents.of(singly));
      for (IpAddress probe : probes(steps)) {
        assertThat(batched.inner(probe)).isEqualTo(singly.inner(probe));
        assertThat(batched.outer(probe)).isEqualTo(singly.outer(probe));
      }
    }
  }

  @Property(tries = 50)
  void whatIsAddedAndRemovedLeavesNothingBehind(
      @ForAll("prefixes") List<Step> steps, @ForAll Random random) {
    try (SteeringTable table = new SteeringTable(TableLimits.forTunnels(1))) {
      List<IpPrefix> prefixes = new ArrayList<>(steps.stream().map(Step::prefix).toList());
      prefixes.forEach(prefix -> table.putInner(prefix, 7));
      Collections.shuffle(prefixes, random);
      prefixes.forEach(table::removeInner);
      assertThat(probes(steps)).allMatch(probe -> table.inner(probe) == 0);
      assertThat(table.innerSize()).isZero();
      assertThat(table.innerV4GroupsInUse()).isZero();
    }
  }

  @Provide
  Arbitrary<List<Step>> addresses() {
    return steps(Arbitraries.just(32), Arbitraries.just(128));
  }

  @Provide
  Arbitrary<List<Step>> prefixes() {
    return steps(
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.integers().between(9, 32)),
            Tuple.of(1, Arbitraries.integers().between(0, 8))),
        Arbitraries.integers().between(0, 128));
  }

  /** Addresses with few different bits, so that prefixes nest and steps meet again. */
  private static Arbitrary<List<Step>> steps(Arbitrary<Integer> v4Bits, Arbitrary<Integer> v6Bits) {
    Arbitrary<Integer> few = Arbitraries.of(0, 1, 15, 16, 128, 255);
    Arbitrary<IpPrefix> v4 =
        Combinators.combine(few, few, v4Bits)
            .as(
                (c, d, length) ->
                    IpPrefix.containing(IpAddress.v4(0x0a00_0000 | c << 8 | d), length));
    Arbitrary<IpPrefix> v6 =
        Combinators.combine(few, few, few, v6Bits)
            .as(
                (a, b, c, length) ->
                    IpPrefix.containing(
                        IpAddress.v6(0x2001_0db8_0000_0000L | a << 16 | b, (long) b << 56 | c),
                        length));
    Arbitrary<Integer> server = Arbitraries.integers().between(0, 4);
    return Combinators.combine(Arbitraries.oneOf(v4, v6), server)
        .as(Step::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(40);
  }

  private static List<IpAddress> probes(List<Step> steps) {
    List<IpAddress> probes = new ArrayList<>();
    for (Step step : steps) {
      IpAddress first = step.prefix().address();
      IpAddress last = step.prefix().last();
      probes.add(first);
      probes.add(last);
      if (first.isV4()) {
        probes.add(IpAddress.v4((int) first.low() - 1));
        probes.add(IpAddress.v4((int) last.low() + 1));
      } else {
        probes.add(IpAddress.v6(first.high(), first.low() - 1));
        probes.add(IpAddress.v6(last.high(), last.low() + 1));
        probes.add(IpAddress.v6(first.high() - 1, first.low()));
      }
    }
    return probes.stream().distinct().toList();
  }

  private static int longest(Map<IpPrefix, Integer> model, IpAddress address) {
    return model.keySet().stream()
        .filter(prefix -> prefix.contains(address))
        .max(Comparator.comparingInt(IpPrefix::length))
        .map(model::get)
        .orElse(0);
  }
}
