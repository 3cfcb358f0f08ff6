package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * A reader looks keys up that are there all the time, while the writer adds, moves and removes
 * others around them: the reader must find them every time, with one of their two servers.
 */
final class SteeringTableSimulation {
  private static final int STEPS = 400_000;
  private static final long SEED = 20_260_101;

  @Test
  void noOuterV4KeyVanishesWhileOthersMove() throws Exception {
    run(
        keys(38_000, i -> IpAddress.v4(0xc000_0000 + i * 7919)),
        keys(20_000, i -> IpAddress.v4(0x0a00_0000 + i * 104729)));
  }

  @Test
  void noOuterV6KeyVanishesWhileOthersMove() throws Exception {
    run(
        keys(500, i -> IpAddress.v6(0x2001_0db8L << 32, i)),
        keys(310, i -> IpAddress.v6(0x2001_0db9L << 32, i * 31L)));
  }

  private interface KeyMaker {
    IpAddress key(int i);
  }

  private static List<IpAddress> keys(int count, KeyMaker maker) {
    List<IpAddress> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(maker.key(i));
    }
    return keys;
  }

  /** Keeps two thirds of the slots or more taken, where insertions often have to move others. */
  private static void run(List<IpAddress> stable, List<IpAddress> others) throws Exception {
    try (SteeringTable table =
        new SteeringTable(
            new TableLimits(65_536, 819, 1, 1), TableMemory.ofProcess(), new FastClock())) {
      stable.forEach(key -> table.putOuter(key, 1));
      assertNoneIsMissed(
          new IntSupplier() {
            private int next;

            @Override
            public int getAsInt() {
              next = next + 1 < stable.size() ? next + 1 : 0;
              return table.outer(stable.get(next));
            }
          },
          () -> {
            SplittableRandom random = new SplittableRandom(SEED);
            boolean[] in = new boolean[others.size()];
            for (int step = 0; step < STEPS; step++) {
              int i = random.nextInt(others.size());
              if (in[i]) {
                table.removeOuter(others.get(i));
              } else {
                table.putOuter(others.get(i), 3);
              }
              in[i] = !in[i];
              table.putOuter(stable.get(random.nextInt(stable.size())), 1 + (step & 1));
            }
          });
    }
  }

  @Test
  void noInnerAddressIsEverUncoveredWhileNestedPrefixesComeAndGo() throws Exception {
    try (SteeringTable table =
        new SteeringTable(
            new TableLimits(65_536, 1, 4096, 4096), TableMemory.ofProcess(), new FastClock())) {
      table.putInner(IpPrefix.parse("10.0.0.0/12"), 1);
      table.putInner(IpPrefix.parse("2001:db8::/32"), 1);
      assertNoneIsMissed(
          atRandom(
              random ->
                  random.nextBoolean()
                      ? table.innerV4(0x0a01_0000 | random.nextInt(0x400))
                      : table.innerV6(
                          0x2001_0db8_0000_0000L | random.nextInt(16), random.nextInt(16))),
          () -> {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int step = 0; step < STEPS; step++) {
              IpPrefix prefix =
                  random.nextBoolean()
                      ? IpPrefix.containing(
                          IpAddress.v4(0x0a01_0000 | random.nextInt(0x400)),
                          20 + random.nextInt(13))
                      : IpPrefix.containing(
                          IpAddress.v6(
                              0x2001_0db8_0000_0000L | random.nextInt(16), random.nextInt(16)),
                          56 + random.nextInt(73));
              if (random.nextBoolean()) {
                table.putInner(prefix, 1 + random.nextInt(2));
              } else {
                table.removeInner(prefix);
              }
            }
          });
    }
  }

  @Test
  void noSubnetAloneInItsBlockVanishesWhileItsNeighboursComeAndGo() throws Exception {
    try (SteeringTable table =
        new SteeringTable(
            new TableLimits(65_536, 1, 4096, 1), TableMemory.ofProcess(), new FastClock())) {
      int blocks = 128;
      for (int block = 0; block < blocks; block++) {
        table.putInner(new IpPrefix(IpAddress.v4(0x0a01_0010 | block << 8), 28), 1);
      }
      assertNoneIsMissed(
          atRandom(
              random ->
                  table.innerV4(0x0a01_0010 | random.nextInt(blocks) << 8 | random.nextInt(16))),
          () -> {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int step = 0; step < STEPS; step++) {
              int block = random.nextInt(blocks);
              int address = 0x0a01_0000 | block << 8;
              IpPrefix neighbour =
                  random.nextInt(8) > 0
                      ? IpPrefix.containing(
                          IpAddress.v4(address | 128 + random.nextInt(128)), 25 + random.nextInt(8))
                      : IpPrefix.containing(IpAddress.v4(address), 16 + random.nextInt(9));
              if (random.nextBoolean()) {
                table.putInner(neighbour, 3);
              } else {
                table.removeInner(neighbour);
              }
              table.putInner(new IpPrefix(IpAddress.v4(address | 16), 28), 1 + (step & 1));
            }
          });
    }
  }

  @Test
  void noSubnetVanishesWhileItsSpanGetsCellsAndLosesThem() throws Exception {
    try (SteeringTable table =
        new SteeringTable(
            new TableLimits(65_536, 1, 4096, 1), TableMemory.ofProcess(), new FastClock())) {
      int blocks = 128;
      for (int block = 0; block < blocks; block += 2) { // in order, so the spans need no cells
        table.putInner(new IpPrefix(IpAddress.v4(0x0a01_0010 | block << 8), 28), 1);
        table.putInner(new IpPrefix(IpAddress.v4(0x0a01_0020 | block << 8), 28), 2);
      }
      assertNoneIsMissed(
          atRandom(
              random ->
                  table.innerV4(
                      0x0a01_0010 + (random.nextInt(blocks) & ~1) * 256 + random.nextInt(32))),
          () -> {
            SplittableRandom random = new SplittableRandom(SEED);
            for (int step = 0; step < STEPS / 2; step++) {
              IpPrefix between =
                  new IpPrefix(IpAddress.v4(0x0a01_0100 | random.nextInt(blocks / 2) << 9), 28);
              table.putInner(between, 3);
              table.removeInner(between);
            }
          });
    }
  }

  /** The reader's own random numbers, for a lookup each time. */
  private static IntSupplier atRandom(ToIntFunction<SplittableRandom> lookup) {
    SplittableRandom random = new SplittableRandom(SEED + 1);
    return () -> lookup.applyAsInt(random);
  }

  /** Looks up all the while that something is written: each time it must be server 1 or 2. */
  private static void assertNoneIsMissed(IntSupplier lookup, Runnable writing) throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Future<Long> misses = reader(done, lookup);
    try {
      writing.run();
    } finally {
      done.set(true);
    }
    assertThat(misses.get()).isZero();
  }

  /** How many lookups gave another server than 1 or 2. */
  private static Future<Long> reader(AtomicBoolean done, IntSupplier lookup)
      throws InterruptedException, ExecutionException {
    ExecutorService executor = Executors.newSingleThreadExecutor();
    Future<Long> misses =
        executor.submit(
            () -> {
              long wrong = 0;
              while (!done.get()) {
                int server = lookup.getAsInt();
                wrong += server == 1 || server == 2 ? 0 : 1;
              }
              return wrong;
            });
    executor.shutdown();
    return misses;
  }

  /** Lets what was freed rest for some steps only: reuse happens under the reader's eyes. */
  private static final class FastClock implements java.util.function.LongSupplier {
    private long now;

    @Override
    public long getAsLong() {
      return now += 100_000_000L;
    }
  }
}
