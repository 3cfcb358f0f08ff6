package org.pointsman.director.dataplane.nftables;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pointsman.model.MacAddress;

/**
 * The number of each server in the table: its index, as long as that is free.
 *
 * <p>A director that starts numbers the servers anew, maybe otherwise than the one before it. A
 * table that goes on steering names them by the old numbers, in each of its entries. So a server
 * keeps the mark under which the table has its MAC address, and an entry that is right stays as it
 * is.
 */
final class ServerMarks {
  private final Map<Integer, Integer> byIndex = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();

  /** Marks of a table found in the kernel that no server has asked for yet, lowest first. */
  private final Map<Integer, Optional<MacAddress>> found = new TreeMap<>();

  /** Takes over the marks of a table that is there already. */
  void adopt(Map<Integer, Optional<MacAddress>> servers) {
    found.putAll(servers);
  }

  /** From now on marks that no server asked for are free: their table is put right. */
  void settle() {
    found.clear();
  }

  /** The mark of a server, or 0. */
  int of(int index) {
    return byIndex.getOrDefault(index, 0);
  }

  /**
   * Gives a server its mark, which it keeps until it is released.
   *
   * @param mac its address, or null if that is not known
   */
  int assign(int index, @Nullable MacAddress mac) {
    return byIndex.computeIfAbsent(index, _ -> choose(index, mac));
  }

  void release(int index) {
    Integer mark = byIndex.remove(index);
    if (mark != null) {
      taken.remove(mark);
    }
  }

  private int choose(int index, @Nullable MacAddress mac) {
    int mark = 0;
    if (mac != null) {
      mark =
          found.entrySet().stream()
              .filter(entry -> entry.getValue().filter(mac::equals).isPresent())
              .mapToInt(Map.Entry::getKey)
              .findFirst()
              .orElse(0);
      found.remove(mark);
    }
    if (mark == 0) {
      mark = index;
      for (int other = 1; taken.contains(mark) || found.containsKey(mark); other++) {
        mark = other;
      }
    }
    taken.add(mark);
    return mark;
  }
}
