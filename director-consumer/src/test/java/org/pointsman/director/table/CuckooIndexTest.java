package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way in which a lookup and a writer that moves its key to and fro can fall between each
 * other's loads and stores.
 */
final class CuckooIndexTest {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment buckets = arena.allocate(16 * 32, 64);
  private final MemorySegment header = arena.allocate(4096, 64);
  private final SteppedIndex index = new SteppedIndex(buckets, header);

  @AfterEach
  void close() {
    arena.close();
  }

  private record Store(MemorySegment segment, long at, long value) {
    void happen() {
      segment.set(ValueLayout.JAVA_LONG, at, value);
    }
  }

  /** An index whose stores are recorded first, and happen later between a reader's loads. */
  private static final class SteppedIndex extends CuckooIndex {
    private List<Store> stores = new ArrayList<>();
    private int[] storesBeforeLoad = {};
    private int loads;
    private int happened;

    SteppedIndex(MemorySegment buckets, MemorySegment header) {
      super(buckets, header, 64, 16);
    }

    @Override
    long slot(int bucket, int slot) {
      step();
      return super.slot(bucket, slot);
    }

    @Override
    long moves() {
      step();
      return super.moves();
    }

    @Override
    void store(MemorySegment segment, long at, long value) {
      Store store = new Store(segment, at, value);
      stores.add(store);
      store.happen();
    }

    int lookUp(int[] storesBeforeLoad, IntSupplier lookup) {
      this.storesBeforeLoad = storesBeforeLoad;
      loads = 0;
      happened = 0;
      int found = lookup.getAsInt();
      this.storesBeforeLoad = new int[0];
      return found;
    }

    private void step() {
      if (loads < storesBeforeLoad.length) {
        for (int i = 0; i < storesBeforeLoad[loads]; i++) {
          stores.get(happened).happen();
          happened++;
        }
        loads++;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aV6KeyIsFoundHoweverItMoves(boolean startsInItsOtherBucket) {
    MemorySegment entries = arena.allocate(10 * 32, 64);
    V6Table table = new V6Table(index, entries, new ReusePool("key", 9, () -> 0));
    table.put(1, 2, 128, 7);
    everyInterleaving(startsInItsOtherBucket, 3, 14, () -> table.find(1, 2, 128), 7);
  }

  private void everyInterleaving(
      boolean startsInItsOtherBucket, int moves, int loads, IntSupplier lookup, int server) {
    long home = placeOfTheOnlySlot();
    long slot = buckets.get(ValueLayout.JAVA_LONG, home);
    long hash = SteeringTableLayout.mix((int) (slot >>> 32));
    long other = CuckooIndex.at(index.otherBucket((int) (home / 32), hash), 2);
    if (startsInItsOtherBucket) {
      index.move(home, other);
    }
    byte[] before = buckets.toArray(ValueLayout.JAVA_BYTE);
    long movesBefore = header.get(ValueLayout.JAVA_LONG, 64);
    index.stores = new ArrayList<>();
    boolean away = startsInItsOtherBucket;
    for (int i = 0; i < moves; i++) {
      index.move(away ? other : home, away ? home : other);
      away = !away;
    }

    int[] tried = {0};
    Interleavings.eachWayToSplit(
        index.stores.size(),
        new int[loads],
        0,
        storesBeforeLoad -> {
          MemorySegment.copy(before, 0, buckets, ValueLayout.JAVA_BYTE, 0, before.length);
          header.set(ValueLayout.JAVA_LONG, 64, movesBefore);
          tried[0]++;
          int found = index.lookUp(storesBeforeLoad, lookup);
          if (found != server) {
            assertThat(found).as("stores before each load: %s", storesBeforeLoad).isEqualTo(server);
          }
        });
    assertThat(tried[0]).isGreaterThan(100_000);
  }

  private long placeOfTheOnlySlot() {
    for (long at = 0; at < buckets.byteSize(); at += 8) {
      if (buckets.get(ValueLayout.JAVA_LONG, at) != 0) {
        return at;
      }
    }
    throw new AssertionError("no slot");
  }

  @Test
  void anIndexWithoutRoomMovesNothing() {
    // Tags of one and the same pair of buckets: eight fit.
    long slot = 7L << 32;
    int held = 0;
    while (index.insert(slot | (held + 1))) {
      held++;
    }
    assertThat(held).isEqualTo(8);
    byte[] before = buckets.toArray(ValueLayout.JAVA_BYTE);
    assertThat(index.insert(slot | 99)).isFalse();
    assertThat(buckets.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
  }
}
