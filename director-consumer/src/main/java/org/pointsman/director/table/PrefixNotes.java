package org.pointsman.director.table;

import java.util.function.BiConsumer;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpPrefix;

/**
 * The writer's notes of every IPv4 inner prefix and its server, since DIR-24-8 itself only knows
 * the longest one of each address: what is to show again when a prefix is removed.
 *
 * <p>An open-addressing hash table without objects, 12 bytes a slot, at most two thirds full.
 */
final class PrefixNotes {
  private static final int LENGTHS = 33;

  private long[] keys = new long[1024];
  private int[] servers = new int[1024]; // 0: the slot is empty
  private int size;
  private final int[] countByLength = new int[LENGTHS];

  int size() {
    return size;
  }

  /** The server of this very prefix, or 0. */
  int get(int address, int length) {
    return countByLength[length] == 0 ? 0 : servers[slotOf(key(address, length))];
  }

  void put(int address, int length, int server) {
    int slot = slotOf(key(address, length));
    if (servers[slot] == 0) {
      if (size >= keys.length / 3 * 2) {
        grow();
        slot = slotOf(key(address, length));
      }
      keys[slot] = key(address, length);
      size++;
      countByLength[length]++;
    }
    servers[slot] = server;
  }

  boolean remove(int address, int length) {
    int slot = slotOf(key(address, length));
    if (servers[slot] == 0) {
      return false;
    }
    size--;
    countByLength[length]--;
    closeGap(slot);
    return true;
  }

  /**
   * The length of the longest prefix shorter than {@code below} that holds {@code address}, or -1.
   */
  int coveringLength(int address, int below) {
    for (int length = below - 1; length >= 0; length--) {
      if (countByLength[length] > 0 && get(address & mask(length), length) != 0) {
        return length;
      }
    }
    return -1;
  }

  void forEach(BiConsumer<IpPrefix, Integer> consumer) {
    for (int slot = 0; slot < keys.length; slot++) {
      if (servers[slot] != 0) {
        IpAddress address = IpAddress.v4((int) (keys[slot] >>> 6));
        consumer.accept(new IpPrefix(address, (int) keys[slot] & 0x3f), servers[slot]);
      }
    }
  }

  static int mask(int length) {
    return length == 0 ? 0 : -1 << (32 - length);
  }

  private static long key(int address, int length) {
    return Integer.toUnsignedLong(address) << 6 | length;
  }

  /** Where the key stands, or the empty slot where it belongs. */
  private int slotOf(long key) {
    int slot = home(key);
    while (servers[slot] != 0 && keys[slot] != key) {
      slot = (slot + 1) & (keys.length - 1);
    }
    return slot;
  }

  private int home(long key) {
    long h = key * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 32) & (keys.length - 1);
  }

  /** Moves later slots of the run up, so that no search ends early at the gap. */
  private void closeGap(int gap) {
    int last = keys.length - 1;
    for (int slot = (gap + 1) & last; servers[slot] != 0; slot = (slot + 1) & last) {
      int distanceFromHome = (slot - home(keys[slot])) & last;
      int distanceFromGap = (slot - gap) & last;
      if (distanceFromHome >= distanceFromGap) {
        keys[gap] = keys[slot];
        servers[gap] = servers[slot];
        gap = slot;
      }
    }
    servers[gap] = 0;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldServers = servers;
    keys = new long[oldKeys.length * 2];
    servers = new int[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldServers[i] != 0) {
        int slot = slotOf(oldKeys[i]);
        keys[slot] = oldKeys[i];
        servers[slot] = oldServers[i];
      }
    }
  }
}
