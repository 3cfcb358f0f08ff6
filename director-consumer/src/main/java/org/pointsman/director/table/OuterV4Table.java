package org.pointsman.director.table;

import static org.pointsman.director.table.CompactIndex.NOWHERE;
import static org.pointsman.director.table.SteeringTableLayout.AT_HOME;
import static org.pointsman.director.table.SteeringTableLayout.AWAY;
import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.SERVER_MASK;
import static org.pointsman.director.table.SteeringTableLayout.TAG_SHIFT;

import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import org.pointsman.model.IpAddress;

/** IPv4 outer address → server index, in compact cuckoo buckets. */
final class OuterV4Table {
  /** About as many reads as a processor has under way at a time. */
  private static final int AHEAD = 16;

  private final CompactIndex index;

  /**
   * Whether a slot was ever emptied. Until then a bucket fills from its first slot on and stays
   * full once it is, so an address that is not at home though there is room is nowhere.
   */
  private boolean hasGaps;

  OuterV4Table(CompactIndex index) {
    this.index = index;
  }

  /**
   * Reader: the server index, or 0.
   *
   * <p>A slot says all there is in one piece, so whoever finds it needs to know of no move.
   */
  int find(int address) {
    long product = index.product(address);
    int home = index.home(product);
    int tag = index.tag(product);
    int server = index.serverIn(home, tag, AT_HOME);
    if (server != 0) {
      return server;
    }
    int other = index.other(home, tag);
    server = index.serverIn(other, tag, AWAY);
    return server != 0 ? server : findWhileSlotsMove(home, other, tag);
  }

  private int findWhileSlotsMove(int home, int other, int tag) {
    while (true) {
      long moves = index.moves();
      int server = findIn(home, tag, AT_HOME);
      if (server == 0) {
        server = findIn(other, tag, AWAY);
      }
      if (server == 0) {
        server = findIn(home, tag, AT_HOME);
      }
      if (server != 0 || index.moves() == moves) {
        return server;
      }
      Thread.onSpinWait();
    }
  }

  private int findIn(int bucket, int tag, int kind) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      int differs = index.slot(bucket * BUCKET_SLOTS + i) ^ (tag << TAG_SHIFT | kind);
      if (differs >>> 12 == 0) {
        return differs;
      }
    }
    return 0;
  }

  void put(int address, int server) {
    int spread = SteeringTableLayout.spread(address);
    index.announce(spread);
    long product = index.productOfSpread(spread);
    if (hasGaps || !fillAtHome(product, server)) {
      putAnywhere(product, server);
    }
  }

  /**
   * Puts all of a batch. Of each region first those that find room at home, as nine in ten do, then
   * the others, of whose other buckets some are read ahead.
   *
   * @param refused is told of those for which there is no room, each by its address
   */
  void putAll(OuterV4Batch batch, ObjIntConsumer<TableFullException> refused) {
    for (int region = 0; region < OuterV4Batch.REGIONS; region++) {
      int size = batch.size(region);
      if (size > 0) {
        index.announce(OuterV4Batch.firstSpread(region), OuterV4Batch.firstSpread(region + 1) - 1);
        long[] puts = batch.puts(region);
        int left = hasGaps ? size : fillAtHome(puts, size);
        for (int from = 0; from < left; from += AHEAD) {
          int to = Math.min(from + AHEAD, left);
          lookAhead(puts, from, to);
          putAnywhere(puts, from, to, refused);
        }
      }
    }
  }

  /** Puts those that find room at home, and moves the others to the front; how many these are. */
  private int fillAtHome(long[] puts, int size) {
    int left = 0;
    for (int i = 0; i < size; i++) {
      long put = puts[i];
      long product = index.productOfSpread(OuterV4Batch.spread(put));
      if (!fillAtHome(product, OuterV4Batch.server(put))) {
        puts[left++] = put;
      }
    }
    return left;
  }

  private boolean fillAtHome(long product, int server) {
    return index.append(index.home(product), index.tag(product) << TAG_SHIFT | AT_HOME, server);
  }

  private void lookAhead(long[] puts, int from, int to) {
    for (int i = from; i < to; i++) {
      long product = index.productOfSpread(OuterV4Batch.spread(puts[i]));
      index.lookAhead(index.other(index.home(product), index.tag(product)));
    }
  }

  private void putAnywhere(
      long[] puts, int from, int to, ObjIntConsumer<TableFullException> refused) {
    for (int i = from; i < to; i++) {
      int spread = OuterV4Batch.spread(puts[i]);
      try {
        putAnywhere(index.productOfSpread(spread), OuterV4Batch.server(puts[i]));
      } catch (TableFullException full) {
        refused.accept(full, SteeringTableLayout.gather(spread));
      }
    }
  }

  private void putAnywhere(long product, int server) {
    int home = index.home(product);
    int tag = index.tag(product);
    int atHome = tag << TAG_SHIFT | AT_HOME;
    int away = tag << TAG_SHIFT | AWAY;
    int other = index.other(home, tag);
    if (!hasGaps && index.serverIn(home, tag, AT_HOME) == 0 && index.append(other, away, server)) {
      return;
    }
    int place = locate(home, atHome);
    if (place != NOWHERE) {
      index.replace(place, atHome | server);
      return;
    }
    place = locate(other, away);
    if (place != NOWHERE) {
      index.replace(place, away | server);
      return;
    }
    claim();
    place = empty(home);
    if (place == NOWHERE) {
      place = empty(other);
    }
    if (place == NOWHERE) {
      place = index.makeRoom(home, other);
    }
    if (place == NOWHERE) {
      throw full();
    }
    index.fill(place, (place / BUCKET_SLOTS == home ? atHome : away) | server);
  }

  private void claim() {
    if (index.used() >= index.usableSlots()) {
      throw full();
    }
  }

  private TableFullException full() {
    return new TableFullException("IPv4 outer address", index.used());
  }

  boolean remove(int address) {
    long product = index.product(address);
    int home = index.home(product);
    int tag = index.tag(product);
    int place = locate(home, tag << TAG_SHIFT | AT_HOME);
    if (place == NOWHERE) {
      place = locate(index.other(home, tag), tag << TAG_SHIFT | AWAY);
    }
    if (place != NOWHERE) {
      hasGaps = true;
      index.clear(place);
    }
    return place != NOWHERE;
  }

  int size() {
    return index.used();
  }

  /** How many addresses it can hold. */
  int capacity() {
    return index.usableSlots();
  }

  void forEach(BiConsumer<IpAddress, Integer> consumer) {
    for (int place = 0; place < index.places(); place++) {
      int slot = index.slot(place);
      if (slot != 0) {
        consumer.accept(IpAddress.v4(index.address(place, slot)), slot & SERVER_MASK);
      }
    }
  }

  /** The place of the slot with these upper bits, or {@link CompactIndex#NOWHERE}. */
  private int locate(int bucket, int wanted) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      int place = bucket * BUCKET_SLOTS + i;
      if ((index.slot(place) ^ wanted) >>> 12 == 0) {
        return place;
      }
    }
    return NOWHERE;
  }

  private int empty(int bucket) {
    return locate(bucket, 0); // no entry's upper bits are 0
  }
}
