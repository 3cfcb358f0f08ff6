package org.pointsman.director.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every way in which a lookup and a writer that moves its key to and fro can fall between each
 * other's loads and stores; and that a slot's place and bits are its whole address.
 */
final class CompactIndexTest {
  private static final int KEY = 42;
  private static final long MOVES_AT = 64;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment slots =
      arena.allocate(SteeringTableLayout.FEWEST_V4_BUCKETS * 16, 64);
  private final MemorySegment header = arena.allocate(4096, 64);
  private final SteppedIndex index = new SteppedIndex(slots, header);

  @AfterEach
  void close() {
    arena.close();
  }

  /** A store into a slot, or (at -1) into the move counter. */
  private record Store(long at, long value) {}

  /**
   * An index whose stores are recorded first, and happen later between a reader's loads. The quick
   * look finds nothing, so that what is tried is the one that has to be sure.
   */
  private static final class SteppedIndex extends CompactIndex {
    private final MemorySegment slots;
    private final MemorySegment header;
    private List<Store> stores = new ArrayList<>();
    private int[] storesBeforeLoad = {};
    private int loads;
    private int happened;

    SteppedIndex(MemorySegment slots, MemorySegment header) {
      super(slots, header, MOVES_AT);
      this.slots = slots;
      this.header = header;
    }

    @Override
    int serverIn(int bucket, int tag, int kind) {
      return 0;
    }

    @Override
    int slot(int place) {
      step();
      return super.slot(place);
    }

    @Override
    long moves() {
      step();
      return super.moves();
    }

    @Override
    void store(MemorySegment segment, long at, int value) {
      record(new Store(at, value));
    }

    @Override
    void count(long moves) {
      record(new Store(-1, moves));
    }

    private void record(Store store) {
      stores.add(store);
      happen(store);
    }

    private void happen(Store store) {
      if (store.at() < 0) {
        header.set(ValueLayout.JAVA_LONG, MOVES_AT, store.value());
      } else {
        slots.set(ValueLayout.JAVA_INT, store.at(), (int) store.value());
      }
    }

    int lookUp(int[] storesBeforeLoad, OuterV4Table table) {
      this.storesBeforeLoad = storesBeforeLoad;
      loads = 0;
      happened = 0;
      int found = table.find(KEY);
      this.storesBeforeLoad = new int[0];
      return found;
    }

    private void step() {
      if (loads < storesBeforeLoad.length) {
        for (int i = 0; i < storesBeforeLoad[loads]; i++) {
          happen(stores.get(happened));
          happened++;
        }
        loads++;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aKeyIsFoundHoweverItMoves(boolean startsInItsOtherBucket) {
    OuterV4Table table = new OuterV4Table(index);
    table.put(KEY, 7);
    long product = index.product(KEY);
    int home = index.home(product) * BUCKET_SLOTS;
    int other = index.other(index.home(product), index.tag(product)) * BUCKET_SLOTS + 2;
    if (startsInItsOtherBucket) {
      index.move(home, other);
    }
    int homeBefore = index.slot(home);
    int otherBefore = index.slot(other);
    long movesBefore = index.moves();
    index.stores = new ArrayList<>();
    boolean away = startsInItsOtherBucket;
    for (int i = 0; i < 3; i++) {
      index.move(away ? other : home, away ? home : other);
      away = !away;
    }

    int[] tried = {0};
    // One load of the counter, three looks at four slots, the counter again.
    Interleavings.eachWayToSplit(
        index.stores.size(),
        new int[14],
        0,
        storesBeforeLoad -> {
          index.happen(new Store(4L * home, homeBefore));
          index.happen(new Store(4L * other, otherBefore));
          index.happen(new Store(-1, movesBefore));
          tried[0]++;
          int found = index.lookUp(storesBeforeLoad, table);
          if (found != 7) {
            assertThat(found).as("stores before each load: %s", storesBeforeLoad).isEqualTo(7);
          }
        });
    assertThat(tried[0]).isGreaterThan(100_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {16_384, 16_385, 24_999, 393_217, 3_145_729})
  void aSlotAndItsPlaceAreTheWholeAddress(int buckets) {
    try (Arena memory = Arena.ofConfined()) {
      CompactIndex sized = new CompactIndex(memory.allocate(buckets * 16L, 64), header, MOVES_AT);
      SplittableRandom random = new SplittableRandom(buckets);
      for (int i = 0; i < 100_000; i++) {
        int address = i < 100 ? i - 50 : random.nextInt();
        long product = sized.product(address);
        int home = sized.home(product);
        int tag = sized.tag(product);
        int other = sized.other(home, tag);
        assertThat(home).isBetween(0, buckets - 1);
        assertThat(other).isBetween(0, buckets - 1);
        assertThat(tag).isBetween(0, (1 << 18) - 1);
        assertThat(sized.other(other, tag)).isEqualTo(home);
        int atHome = tag << SteeringTableLayout.TAG_SHIFT | SteeringTableLayout.AT_HOME | 1;
        int away = tag << SteeringTableLayout.TAG_SHIFT | SteeringTableLayout.AWAY | 1;
        assertThat(sized.address(home * BUCKET_SLOTS + 3, atHome)).isEqualTo(address);
        assertThat(sized.address(other * BUCKET_SLOTS, away)).isEqualTo(address);
      }
    }
  }

  @Test
  void aFewOfTheAddressesStandInTheHeader() {
    OuterV4Table table = new OuterV4Table(index);
    OuterV4Batch batch = new OuterV4Batch(1);
    batch.add(9, 1);
    table.putAll(batch, (full, address) -> {});
    for (int address : new int[] {1, 2, 2, 3, -4, 5, 0}) {
      table.put(address, 1);
    }
    assertThat(few()).containsExactly(1, 2, 3, -4);
    table.remove(2);
    table.remove(5);
    table.remove(0);
    assertThat(few()).containsExactly(1, 0, 3, -4);
    table.put(6, 1);
    assertThat(few()).containsExactly(1, 6, 3, -4);
  }

  private int[] few() {
    return header
        .asSlice(SteeringTableLayout.AT_OUTER_V4_FEW, 4L * SteeringTableLayout.OUTER_V4_FEW)
        .toArray(ValueLayout.JAVA_INT);
  }

  @Test
  void aFullTableMovesNothing() {
    OuterV4Table table = new OuterV4Table(index);
    int held = 0;
    try {
      for (; ; held++) {
        table.put(held * 7919, 1);
      }
    } catch (TableFullException full) {
      assertThat(held).isGreaterThan(index.places() * 9 / 10);
    }
    byte[] before = slots.toArray(ValueLayout.JAVA_BYTE);
    int refused = held * 7919;
    assertThatThrownBy(() -> table.put(refused, 1)).isInstanceOf(TableFullException.class);
    assertThat(slots.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(before);
  }
}
