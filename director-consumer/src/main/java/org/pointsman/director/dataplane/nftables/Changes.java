package org.pointsman.director.dataplane.nftables;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.model.IpAddress;
import org.pointsman.model.MacAddress;

/**
 * What one transaction is to change in a table. Its order is not that in which it was said: new
 * counters first, then what goes from each set, then what comes, then counters that go; packets see
 * all of it or nothing.
 */
final class Changes {
  final List<String> newCounters = new ArrayList<>();
  final Map<TableSet, List<Element>> removed = new EnumMap<>(TableSet.class);
  final Map<TableSet, List<Element>> added = new EnumMap<>(TableSet.class);
  final List<String> goneCounters = new ArrayList<>();
  private final List<Integer> goneMarks = new ArrayList<>();
  private int size;

  static String sentCounter(int mark) {
    return "sent_" + mark;
  }

  static String lostCounter(int mark) {
    return "lost_" + mark;
  }

  /** How many elements. */
  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The servers that go. */
  List<Integer> goneMarks() {
    return goneMarks;
  }

  void addServer(int mark) {
    newCounters.add(sentCounter(mark));
    newCounters.add(lostCounter(mark));
    add(TableSet.SENT, Element.counter(mark, sentCounter(mark)));
    add(TableSet.LOST, Element.counter(mark, lostCounter(mark)));
  }

  /**
   * @param before its address until now, or null if it had none
   */
  void removeServer(int mark, @Nullable MacAddress before) {
    setMac(mark, before, null);
    remove(TableSet.SENT, Element.mark(mark));
    remove(TableSet.LOST, Element.mark(mark));
    goneMarks.add(mark);
    goneCounters.add(sentCounter(mark));
    goneCounters.add(lostCounter(mark));
  }

  void setMac(int mark, @Nullable MacAddress before, @Nullable MacAddress now) {
    if (before != null) {
      remove(TableSet.SERVER_MAC, Element.mark(mark));
    }
    if (now != null) {
      add(TableSet.SERVER_MAC, Element.mac(mark, now));
    }
  }

  void addVirtual(IpAddress address) {
    add(address.isV4() ? TableSet.VIRTUAL4 : TableSet.VIRTUAL6, Element.address(address));
    add(address.isV4() ? TableSet.QUOTED4 : TableSet.QUOTED6, Element.twice(address));
  }

  void removeVirtual(IpAddress address) {
    remove(address.isV4() ? TableSet.VIRTUAL4 : TableSet.VIRTUAL6, Element.address(address));
    remove(address.isV4() ? TableSet.QUOTED4 : TableSet.QUOTED6, Element.twice(address));
  }

  void addLocal(IpAddress address) {
    add(address.isV4() ? TableSet.LOCAL4 : TableSet.LOCAL6, Element.address(address));
  }

  void removeLocal(IpAddress address) {
    remove(address.isV4() ? TableSet.LOCAL4 : TableSet.LOCAL6, Element.address(address));
  }

  /**
   * Puts an outer address on a mark.
   *
   * @param before its mark until now, or 0
   * @param now its mark from now on, or 0
   */
  void setOuter(IpAddress address, int before, int now) {
    TableSet set = address.isV4() ? TableSet.OUTER4 : TableSet.OUTER6;
    if (before != 0) {
      remove(set, Element.address(address));
    }
    if (now != 0) {
      add(set, Element.steered(address, now));
    }
  }

  void addRange(Range range, int mark) {
    TableSet set = range.first().isV4() ? TableSet.INNER4 : TableSet.INNER6;
    add(set, Element.begin(range, mark));
    Element end = Element.end(range);
    if (end != null) {
      add(set, end);
    }
  }

  void removeRange(Range range) {
    TableSet set = range.first().isV4() ? TableSet.INNER4 : TableSet.INNER6;
    remove(set, Element.address(range.first()));
    Element end = Element.end(range);
    if (end != null) {
      remove(set, end);
    }
  }

  private void add(TableSet set, Element element) {
    added.computeIfAbsent(set, _ -> new ArrayList<>()).add(element);
    size++;
  }

  private void remove(TableSet set, Element element) {
    removed.computeIfAbsent(set, _ -> new ArrayList<>()).add(element);
    size++;
  }
}
