package org.pointsman.director.dataplane.nftables;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * What has to change so that a table that holds one state holds another; what is in both is left
 * alone.
 *
 * <p>One transaction if it is not too long for one. Else in an order in which no packet goes
 * astray: servers and virtual addresses come first and go last, and an address changes from the old
 * mark to the new one within one transaction.
 */
final class Difference {
  private final int most;
  private final List<Changes> transactions = new ArrayList<>();
  private Changes now = new Changes();

  private Difference(int most) {
    this.most = most;
  }

  /**
   * The transactions that make one of the other, in order.
   *
   * @param most about how many elements a transaction may have
   */
  static List<Changes> between(TableState have, TableState want, int most) {
    Difference difference = new Difference(most);
    difference.come(have, want);
    difference.outer(have, want);
    difference.inner(have.inner4(), want.inner4());
    difference.inner(have.inner6(), want.inner6());
    difference.go(have, want);
    difference.cut(0);
    return difference.transactions;
  }

  private void come(TableState have, TableState want) {
    want.servers()
        .forEach(
            (mark, mac) -> {
              if (!have.servers().containsKey(mark)) {
                now.addServer(mark);
              }
              Optional<MacAddress> before = have.servers().getOrDefault(mark, Optional.empty());
              if (!before.equals(mac)) {
                now.setMac(mark, before.orElse(null), mac.orElse(null));
              }
            });
    want.virtual().stream().filter(a -> !have.virtual().contains(a)).forEach(now::addVirtual);
    want.local().stream().filter(a -> !have.local().contains(a)).forEach(now::addLocal);
    cut(most);
  }

  private void outer(TableState have, TableState want) {
    want.outer()
        .forEach(
            (address, mark) -> {
              int before = have.outer().getOrDefault(address, 0);
              if (before != mark) {
                now.setOuter(address, before, mark);
                cut(most);
              }
            });
    have.outer()
        .forEach(
            (address, mark) -> {
              if (!want.outer().containsKey(address)) {
                now.setOuter(address, mark, 0);
                cut(most);
              }
            });
  }

  /** Ranges that overlap, old and new, are changed together. */
  private void inner(List<Range> have, List<Range> want) {
    int i = 0;
    int j = 0;
    while (i < have.size() || j < want.size()) {
      if (i < have.size() && j < want.size() && have.get(i).equals(want.get(j))) {
        i++;
        j++;
        continue;
      }
      IpAddress end = null;
      while (true) {
        Range old = i < have.size() ? have.get(i) : null;
        Range young = j < want.size() ? want.get(j) : null;
        if (old != null && (end == null ? isFirst(old, young) : reaches(end, old))) {
          now.removeRange(old);
          end = later(end, old.last());
          i++;
        } else if (young != null && (end == null || reaches(end, young))) {
          now.addRange(young, young.server());
          end = later(end, young.last());
          j++;
        } else {
          break;
        }
      }
      cut(most);
    }
  }

  private void go(TableState have, TableState want) {
    have.virtual().stream().filter(a -> !want.virtual().contains(a)).forEach(now::removeVirtual);
    have.local().stream().filter(a -> !want.local().contains(a)).forEach(now::removeLocal);
    have.servers()
        .forEach(
            (mark, mac) -> {
              if (!want.servers().containsKey(mark)) {
                now.removeServer(mark, mac.orElse(null));
              }
            });
  }

  private void cut(int size) {
    if (!now.isEmpty() && now.size() >= size) {
      transactions.add(now);
      now = new Changes();
    }
  }

  private static boolean isFirst(Range old, @Nullable Range young) {
    return young == null || old.first().compareTo(young.first()) <= 0;
  }

  private static boolean reaches(IpAddress end, Range range) {
    return range.first().compareTo(end) <= 0;
  }

  private static IpAddress later(@Nullable IpAddress end, IpAddress other) {
    return end == null || end.compareTo(other) < 0 ? other : end;
  }
}
