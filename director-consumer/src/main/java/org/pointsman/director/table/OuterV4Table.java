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

  /** If there are more buckets for each put, their region is not worth reading whole. */
  private static final int BUCKETS_A_PUT = 8;

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
    putAnywhere(index.productOfSpread(spread), server);
    index.name(address);
  }

  /**
   * Puts all of a batch, region by region. Of many, first those that find room at home, as nine in
   * ten do; then the others, by the region of their other bucket.
   *
   * @param refused is told of those for which there is no room, each by its address
   */
  void putAll(OuterV4Batch batch, ObjIntConsumer<TableFullException> refused) {
    PutRegions puts = batch.bySpread();
    PutRegions displaced = new PutRegions(puts.size() / 8);
    BucketWindow window = new BucketWindow(index);
    for (int region = 0; region < PutRegions.COUNT; region++) {
      int size = puts.size(region);
      if (size > 0) {
        int first = PutRegions.first(region, Integer.SIZE);
        int last = PutRegions.first(region + 1, Integer.SIZE) - 1;
        index.announce(first, last);
        int firstHome = index.home(index.productOfSpread(first));
        int lastHome = index.home(index.productOfSpread(last));
        if (hasGaps || size < (lastHome - firstHome) / BUCKETS_A_PUT) {
          putAnywhere(puts.puts(region), size, refused);
        } else {
          window.open(firstHome, lastHome);
          int left = fillHomes(puts.puts(region), size, window);
          window.close();
          replaceAtHome(puts.puts(region), left, displaced);
        }
      }
    }
    for (int region = 0; region < PutRegions.COUNT; region++) {
      int size = displaced.size(region);
      if (size > 0) {
        int next = PutRegions.first(region + 1, index.bucketBits());
        window.open(
            PutRegions.first(region, index.bucketBits()), Math.min(next, index.buckets()) - 1);
        int left = fillOthers(displaced.puts(region), size, window);
        window.close();
        putAnywhere(displaced.puts(region), left, refused);
      }
    }
  }

  /** Puts those that find room at home, and moves the others to the front; how many these are. */
  private int fillHomes(long[] puts, int size, BucketWindow window) {
    int left = 0;
    for (int i = 0; i < size; i++) {
      long put = puts[i];
      long product = index.productOfSpread(OuterV4Batch.spread(put));
      int slot = index.tag(product) << TAG_SHIFT | AT_HOME;
      if (!window.append(index.home(product), slot, OuterV4Batch.server(put))) {
        puts[left++] = put;
      }
    }
    return left;
  }

  /**
   * Puts those that are at home.
   *
   * @param displaced takes the others, by their other buckets
   */
  private void replaceAtHome(long[] puts, int size, PutRegions displaced) {
    for (int i = 0; i < size; i++) {
      long product = index.productOfSpread(OuterV4Batch.spread(puts[i]));
      int home = index.home(product);
      int tag = index.tag(product);
      if (!replace(home, tag, AT_HOME, OuterV4Batch.server(puts[i]))) {
        displaced.add(PutRegions.of(index.other(home, tag), index.bucketBits()), puts[i]);
      }
    }
  }

  /**
   * Puts those that find room in their other bucket, and moves the rest to the front; how many
   * these are. Of those that find room there, none may be at home.
   */
  private int fillOthers(long[] puts, int size, BucketWindow window) {
    int left = 0;
    for (int i = 0; i < size; i++) {
      long put = puts[i];
      long product = index.productOfSpread(OuterV4Batch.spread(put));
      int tag = index.tag(product);
      int other = index.other(index.home(product), tag);
      if (!window.append(other, tag << TAG_SHIFT | AWAY, OuterV4Batch.server(put))) {
        puts[left++] = put;
      }
    }
    return left;
  }

  /** Puts some, a few at a time, of which all the buckets that may matter are read at once. */
  private void putAnywhere(long[] puts, int size, ObjIntConsumer<TableFullException> refused) {
    for (int from = 0; from < size; from += AHEAD) {
      int to = Math.min(from + AHEAD, size);
      lookAhead(puts, from, to);
      putAnywhere(puts, from, to, refused);
    }
  }

  private void lookAhead(long[] puts, int from, int to) {
    for (int i = from; i < to; i++) {
      long product = index.productOfSpread(OuterV4Batch.spread(puts[i]));
      int home = index.home(product);
      index.lookAhead(home);
      index.lookAheadOfMove(index.other(home, index.tag(product)));
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
    int other = index.other(home, tag);
    if (replace(home, tag, AT_HOME, server) || replace(other, tag, AWAY, server)) {
      return;
    }
    claim();
    int place = index.empty(home);
    if (place == NOWHERE) {
      place = index.empty(other);
    }
    if (place == NOWHERE) {
      place = index.makeRoom(other, home);
    }
    if (place == NOWHERE) {
      throw full();
    }
    index.fill(place, tag << TAG_SHIFT | (place / BUCKET_SLOTS == home ? AT_HOME : AWAY) | server);
  }

  /** Gives an address another server, if it is in this bucket. */
  private boolean replace(int bucket, int tag, int kind, int server) {
    int slot = tag << TAG_SHIFT | kind;
    int place = index.locate(bucket, slot);
    if (place != NOWHERE) {
      index.replace(place, slot | server);
    }
    return place != NOWHERE;
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
    index.unname(address);
    long product = index.product(address);
    int home = index.home(product);
    int tag = index.tag(product);
    int place = index.locate(home, tag << TAG_SHIFT | AT_HOME);
    if (place == NOWHERE) {
      place = index.locate(index.other(home, tag), tag << TAG_SHIFT | AWAY);
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
}
