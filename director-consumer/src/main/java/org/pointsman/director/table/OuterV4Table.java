package org.pointsman.director.table;

import static org.pointsman.director.table.SteeringTableLayout.BUCKET_SLOTS;
import static org.pointsman.director.table.SteeringTableLayout.mix;

import java.util.function.BiConsumer;
import org.pointsman.model.IpAddress;

/** IPv4 outer address → server index: cuckoo slots {address, server}. */
final class OuterV4Table {
  private final CuckooIndex index;

  OuterV4Table(CuckooIndex index) {
    this.index = index;
  }

  /**
   * Reader: the server index, or 0.
   *
   * <p>A slot says address and server in one piece, so whoever sees the address needs to know of no
   * move. Both buckets are fetched at once and none of their slots is branched on: which one holds
   * the address is chance, and a processor that guesses wrong begins its next lookup late.
   */
  int find(int address) {
    long hash = mix(address);
    int first = index.firstBucket(hash);
    int server = index.valueIn(first, address);
    if (server == 0) {
      server = index.valueIn(index.otherBucket(first, hash), address);
    }
    return server != 0 ? server : findWhileSlotsMove(address);
  }

  private int findWhileSlotsMove(int address) {
    long hash = mix(address);
    int first = index.firstBucket(hash);
    int second = index.otherBucket(first, hash);
    while (true) {
      long moves = index.moves();
      int server = findIn(first, address);
      if (server == 0) {
        server = findIn(second, address);
      }
      if (server == 0) {
        server = findIn(first, address);
      }
      if (server != 0 || index.moves() == moves) {
        return server;
      }
      Thread.onSpinWait();
    }
  }

  private int findIn(int bucket, int address) {
    for (int i = 0; i < BUCKET_SLOTS; i++) {
      long slot = index.slot(bucket, i);
      if ((int) (slot >>> 32) == address && slot != 0) {
        return (int) slot;
      }
    }
    return 0;
  }

  void put(int address, int server) {
    long slot = (long) address << 32 | server;
    long at = locate(address);
    if (at >= 0) {
      index.replace(at, slot);
    } else if (!index.insert(slot)) {
      throw new TableFullException("IPv4 outer address", index.used());
    }
  }

  boolean remove(int address) {
    long at = locate(address);
    if (at >= 0) {
      index.clear(at);
    }
    return at >= 0;
  }

  int size() {
    return index.used();
  }

  /** How many addresses it can hold. */
  int capacity() {
    return index.usableSlots();
  }

  void forEach(BiConsumer<IpAddress, Integer> consumer) {
    for (int bucket = 0; bucket <= index.mask(); bucket++) {
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = index.slot(bucket, i);
        if (slot != 0) {
          consumer.accept(IpAddress.v4((int) (slot >>> 32)), (int) slot);
        }
      }
    }
  }

  /** Writer: where the address's slot stands, or -1. */
  private long locate(int address) {
    long hash = mix(address);
    int bucket = index.firstBucket(hash);
    for (int n = 0; n < 2; n++) {
      for (int i = 0; i < BUCKET_SLOTS; i++) {
        long slot = index.slot(bucket, i);
        if ((int) (slot >>> 32) == address && slot != 0) {
          return CuckooIndex.at(bucket, i);
        }
      }
      bucket = index.otherBucket(bucket, hash);
    }
    return -1;
  }
}
