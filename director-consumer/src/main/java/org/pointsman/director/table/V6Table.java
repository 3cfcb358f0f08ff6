package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.ENTRY_HIGH;
import static org.pointsman.director.table.SteeringTableLayout.ENTRY_LENGTH;
import static org.pointsman.director.table.SteeringTableLayout.ENTRY_LOW;
import static org.pointsman.director.table.SteeringTableLayout.ENTRY_SERVER;
import static org.pointsman.director.table.SteeringTableLayout.V6_ENTRY_BYTES;
import static org.pointsman.director.table.SteeringTableLayout.acquireInt;
import static org.pointsman.director.table.SteeringTableLayout.acquireLong;
import static org.pointsman.director.table.SteeringTableLayout.mix;
import static org.pointsman.director.table.SteeringTableLayout.releaseInt;
import static org.pointsman.director.table.SteeringTableLayout.releaseLong;
import static org.pointsman.director.table.SteeringTableLayout.v6Tag;

import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * IPv6 (address, prefix length) → server index: cuckoo slots {tag, number of an entry}, entries
 * with the whole key. The outer table has keys of length 128 only.
 */
final class V6Table {
  /** What {@link #locate} gives for "not here". */
  private static final long NOWHERE = -1;

  private final CuckooIndex index;
  private final MemorySegment entries;
  private final ReusePool pool;

  V6Table(CuckooIndex index, MemorySegment entries, ReusePool pool) {
    this.index = index;
    this.entries = entries;
    this.pool = pool;
  }

  /** Reader: the server index, or 0. The bits of the address behind {@code length} must be 0. */
  int find(long high, long low, int length) {
    int tag = v6Tag(high, low, length);
    long hash = mix(tag);
    int first = index.firstBucket(hash);
    int second = index.otherBucket(first, hash);
    while (true) {
      long moves = index.moves();
      int server = findIn(first, tag, high, low, length);
      if (server == 0) {
        server = findIn(second, tag, high, low, length);
      }
      if (server == 0) {
        server = findIn(first, tag, high, low, length);
      }
      if (server > 0 || (server == 0 && index.moves() == moves)) {
        return server;
      }
      Thread.onSpinWait();
    }
  }

  /** The server index, 0, or -1 if the slot changed under the reader's eyes. */
  private int findIn(int bucket, int tag, long high, long low, int length) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      long slot = index.slot(bucket, i);
      if ((int) (slot >>> 32) == tag && slot != 0) {
        int entry = (int) slot;
        boolean same = isKey(entry, high, low, length);
        int server = acquireInt(entries, at(entry) + ENTRY_SERVER);
        if (index.slot(bucket, i) != slot) {
          return -1;
        }
        if (same) {
          return server;
        }
      }
    }
    return 0;
  }

  /**
   * @return true if the key is new
   * @throws TableFullException if there is no room; then nothing has changed
   */
  boolean put(long high, long low, int length, int server) {
    long at = locate(high, low, length);
    if (at != NOWHERE) {
      releaseInt(entries, at((int) index.slotAt(at)) + ENTRY_SERVER, server);
      return false;
    }
    int entry = pool.take();
    releaseLong(entries, at(entry) + ENTRY_HIGH, high);
    releaseLong(entries, at(entry) + ENTRY_LOW, low);
    releaseInt(entries, at(entry) + ENTRY_LENGTH, length);
    releaseInt(entries, at(entry) + ENTRY_SERVER, server);
    if (!index.insert((long) v6Tag(high, low, length) << 32 | entry)) {
      pool.giveBack(entry);
      throw new TableFullException("IPv6 address or prefix", index.used());
    }
    return true;
  }

  boolean remove(long high, long low, int length) {
    long at = locate(high, low, length);
    if (at == NOWHERE) {
      return false;
    }
    int entry = (int) index.slotAt(at);
    index.clear(at);
    pool.giveBack(entry);
    return true;
  }

  int size() {
    return index.used();
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    for (int bucket = 0; bucket <= index.mask(); bucket++) {
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = index.slot(bucket, i);
        if (slot != 0) {
          long at = at((int) slot);
          IpAddress address =
              IpAddress.v6(
                  acquireLong(entries, at + ENTRY_HIGH), acquireLong(entries, at + ENTRY_LOW));
          consumer.accept(
              new IpPrefix(address, acquireInt(entries, at + ENTRY_LENGTH)),
              acquireInt(entries, at + ENTRY_SERVER));
        }
      }
    }
  }

  /** Writer: where the key's slot stands, or {@link #NOWHERE}. */
  private long locate(long high, long low, int length) {
    int tag = v6Tag(high, low, length);
    long hash = mix(tag);
    int bucket = index.firstBucket(hash);
    for (int n = 0; n < 2; n++) {
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = index.slot(bucket, i);
        if ((int) (slot >>> 32) == tag && slot != 0 && isKey((int) slot, high, low, length)) {
          return CuckooIndex.at(bucket, i);
        }
      }
      bucket = index.otherBucket(bucket, hash);
    }
    return NOWHERE;
  }

  private boolean isKey(int entry, long high, long low, int length) {
    long at = at(entry);
    return acquireLong(entries, at + ENTRY_HIGH) == high
        && acquireLong(entries, at + ENTRY_LOW) == low
        && acquireInt(entries, at + ENTRY_LENGTH) == length;
  }

  private static long at(int entry) {
    return (long) entry * V6_ENTRY_BYTES;
  }
}
