package org.pointsman.assigner.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.IpAddress;
import org.pointsman.model.Policy;
import org.pointsman.model.RealServer;
import org.pointsman.model.ServerId;
import org.pointsman.model.TunnelId;

/** The balance that each policy promises. */
final class PolicyProperties {

  @Provide
  Arbitrary<List<Integer>> weights() {
    return Arbitraries.oneOf(
            Arbitraries.integers().between(1, 1000),
            Arbitraries.integers().between(1, 4),
            Arbitraries.of(1, 10, 1000))
        .list()
        .ofMinSize(1)
        .ofMaxSize(12);
  }

  @Property(tries = 300)
  void roundRobinKeepsEveryServerWithinOneOfItsShareAtEveryTurn(
      @ForAll("weights") List<Integer> weights) {
    ServerBook book = book(Policy.ROUND_ROBIN, weights);
    for (int given = 1; given <= 1200; given++) {
      place(book, given, 0);
      assertWithinOneOfTheShare(book, slot -> slot.turns, given);
    }
  }

  @Property(tries = 300)
  void leastTunnelsKeepsEveryServerWithinOneOfItsShareAtEveryTunnel(
      @ForAll("weights") List<Integer> weights) {
    ServerBook book = book(Policy.LEAST_TUNNELS, weights);
    for (int given = 1; given <= 1200; given++) {
      place(book, given, 0);
      assertWithinOneOfTheShare(book, slot -> slot.tunnels, given);
    }
  }

  @Property(tries = 200)
  void leastTunnelsEvensOutWhatEndedTunnelsLeft(
      @ForAll("weights") List<Integer> weights, @ForAll long seed) {
    ServerBook book = book(Policy.LEAST_TUNNELS, weights);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 300; i++) {
      book.addTunnel(serverId(random.nextInt(weights.size())), 0, false);
    }
    // The uneven start has at most 300 tunnels in one place; when that is less than its share of
    // all, every server can have come to its own.
    long lightest = weights.stream().mapToInt(weight -> weight).min().orElseThrow();
    long enough = 301 * book.weights() / lightest;
    assumeThat(enough).isLessThan(50_000);

    for (int i = 0; i < enough; i++) {
      place(book, i, 0);
    }

    assertWithinOneOfTheShare(book, slot -> slot.tunnels, book.tunnels());
  }

  @Property(tries = 300)
  void leastTrafficNeverPutsATunnelWhereAnotherServerWouldHaveLess(
      @ForAll("weights") List<Integer> weights,
      @ForAll @Size(min = 1, max = 200)
          List<@LongRange(min = 0, max = Long.MAX_VALUE / 200) Long> traffic) {
    ServerBook book = book(Policy.LEAST_TRAFFIC, weights);
    long largest = 0;
    for (int i = 0; i < traffic.size(); i++) {
      place(book, i, traffic.get(i));
      largest = Math.max(largest, traffic.get(i));
      for (Slot a : book.slots()) {
        for (Slot b : book.slots()) {
          BigInteger most =
              BigInteger.valueOf(b.bitsPerSecond())
                  .add(BigInteger.valueOf(largest))
                  .multiply(BigInteger.valueOf(a.weight()));
          assertThat(BigInteger.valueOf(a.bitsPerSecond()).multiply(BigInteger.valueOf(b.weight())))
              .as("%s against %s", a.id, b.id)
              .isLessThanOrEqualTo(most);
        }
      }
    }
  }

  @Property(tries = 100)
  void rendezvousMovesOnlyTheTunnelsOfTheServerThatLeft(
      @ForAll("weights") List<Integer> weights, @ForAll @IntRange(max = 11) int leaver) {
    assumeThat(leaver).isLessThan(weights.size());
    ServerBook all = book(Policy.RENDEZVOUS, weights);
    ServerBook fewer = all.copy();
    fewer.put(serverId(leaver), null);

    for (int i = 0; i < 500; i++) {
      ServerId before = all.choose(request(i, 0, null));
      if (!serverId(leaver).equals(before)) {
        assertThat(fewer.choose(request(i, 0, null))).isEqualTo(before);
      }
    }
  }

  @Property
  void theBestOfEachWeightAndThenOfThoseIsTheBestOfAll(
      @ForAll("weights") List<Integer> weights,
      @ForAll Policy policy,
      @ForAll long seed,
      @ForAll @IntRange(max = 12) int excepted) {
    ServerBook book = randomBook(policy, weights, new SplittableRandom(seed));
    int either = excepted % (weights.size() + 1);
    ServerId except = either < weights.size() ? serverId(either) : null;
    Request request = request(7, 30, except);

    assertThat(book.choose(request)).isEqualTo(bestOfAll(book, policy, request));
    assertThat(book.copy().choose(request)).isEqualTo(book.choose(request));
  }

  /** The rule of each policy, read off its documentation, over all servers. */
  private static @Nullable ServerId bestOfAll(ServerBook book, Policy policy, Request request) {
    Slot best = null;
    for (Slot slot : book.slots()) {
      if (slot.isEligible()
          && slot.fits(request.demand())
          && !slot.id.equals(request.except())
          && (best == null || isBetter(book, policy, request, slot, best))) {
        best = slot;
      }
    }
    return best == null ? null : best.id;
  }

  private static boolean isBetter(ServerBook book, Policy policy, Request request, Slot a, Slot b) {
    return switch (policy) {
      case ROUND_ROBIN -> isBetterByQuota(book, request, slot -> slot.turns, a, b);
      case LEAST_TUNNELS -> isBetterByQuota(book, request, slot -> slot.tunnels, a, b);
      case LEAST_TRAFFIC -> {
        long more = request.demand().bitsPerSecond();
        int byTraffic =
            compareFractions(
                a.bitsPerSecond() + more, a.weight(), b.bitsPerSecond() + more, b.weight());
        int byTunnels = compareFractions(a.tunnels + 1, a.weight(), b.tunnels + 1, b.weight());
        yield byTraffic != 0 ? byTraffic < 0 : byTunnels < 0;
      }
      case RENDEZVOUS ->
          Rendezvous.score(request.first().value(), a.id.value(), a.weight())
              > Rendezvous.score(request.first().value(), b.id.value(), b.weight());
    };
  }

  private static boolean isBetterByQuota(
      ServerBook book, Request request, ToLongFunction<Slot> has, Slot a, Slot b) {
    boolean aIsBehind = isBehind(book, request, has, a);
    if (aIsBehind != isBehind(book, request, has, b)) {
      return aIsBehind;
    }
    return compareFractions(has.applyAsLong(a) + 1, a.weight(), has.applyAsLong(b) + 1, b.weight())
        < 0;
  }

  private static boolean isBehind(
      ServerBook book, Request request, ToLongFunction<Slot> has, Slot slot) {
    long weights = 0;
    long next = 1;
    for (Slot other : book.slots()) {
      if (other.isEligible() && !other.id.equals(request.except())) {
        weights += other.weight();
        next += has.applyAsLong(other);
      }
    }
    return has.applyAsLong(slot) * weights < next * slot.weight();
  }

  private static int compareFractions(long a, long b, long c, long d) {
    return Long.compare(a * d, c * b);
  }

  private static ServerBook randomBook(
      Policy policy, List<Integer> weights, SplittableRandom random) {
    ServerBook book = new ServerBook(policy);
    for (int i = 0; i < weights.size(); i++) {
      Integer mostTunnels = random.nextInt(3) == 0 ? (Integer) (1 + random.nextInt(8)) : null;
      Long mostBits = random.nextInt(3) == 0 ? (Long) (1 + random.nextLong(150)) : null;
      boolean alive = random.nextInt(8) > 0;
      book.put(
          serverId(i),
          server(i, weights.get(i), mostTunnels, mostBits, alive, random.nextInt(8) == 0));
    }
    for (int i = 0; i < weights.size() * 4; i++) {
      ServerId server = serverId(random.nextInt(weights.size()));
      book.addTunnel(server, random.nextInt(50), random.nextInt(3) > 0);
    }
    return book;
  }

  private static ServerBook book(Policy policy, List<Integer> weights) {
    ServerBook book = new ServerBook(policy);
    for (int i = 0; i < weights.size(); i++) {
      book.put(serverId(i), server(i, weights.get(i), null, null, true, false));
    }
    return book;
  }

  private static void place(ServerBook book, int tunnel, long bitsPerSecond) {
    ServerId chosen = book.choose(request(tunnel, bitsPerSecond, null));
    if (chosen == null) {
      throw new AssertionError("expected a server for every tunnel");
    }
    book.addTunnel(chosen, bitsPerSecond, true);
  }

  private static void assertWithinOneOfTheShare(
      ServerBook book, ToLongFunction<Slot> has, long given) {
    for (Slot slot : book.slots()) {
      long off = Math.abs((has.applyAsLong(slot) * book.weights()) - (given * slot.weight()));
      if (off >= book.weights()) {
        throw new AssertionError(
            "expected %s, weight %d of %d, to have its share of %d but it has %d"
                .formatted(slot.id, slot.weight(), book.weights(), given, has.applyAsLong(slot)));
      }
    }
  }

  private static Request request(int tunnel, long bitsPerSecond, @Nullable ServerId except) {
    return new Request(new TunnelId("t" + tunnel), Demand.ofOne(bitsPerSecond), except);
  }

  private static ServerId serverId(int number) {
    return new ServerId("rs-" + number);
  }

  private static RealServer server(
      int number,
      int weight,
      @Nullable Integer mostTunnels,
      @Nullable Long mostBits,
      boolean alive,
      boolean draining) {
    return new RealServer(
        Scenario.CLUSTER,
        serverId(number),
        IpAddress.v4(number),
        null,
        weight,
        mostTunnels,
        mostBits,
        alive,
        draining,
        null,
        1);
  }
}
