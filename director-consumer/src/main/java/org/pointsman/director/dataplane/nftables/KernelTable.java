package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.pointsman.director.dataplane.DataPlaneStats.MissedAddress;
import org.pointsman.director.dataplane.nftables.DisjointRanges.Range;
import org.pointsman.director.dataplane.nftables.Libnftnl.Kind;
import org.pointsman.model.IpAddress;
import org.pointsman.model.IpFamily;
import org.pointsman.model.MacAddress;

/** A director's table in the kernel. For one thread at a time. */
final class KernelTable {
  /** What a counter has counted. */
  record Count(long packets, long bytes) {
    static final Count ZERO = new Count(0, 0);
  }

  /** A start or end in a map of ranges. */
  private record Bound(IpAddress address, boolean isEnd, int mark) {}

  private static final Comparator<Bound> IN_ORDER =
      Comparator.comparing(Bound::address).thenComparing(Bound::isEnd, Comparator.reverseOrder());

  private static final int REQUEST_BYTES = 4096;
  private static final int SEQUENCE = 7;

  /** Ends the reading of a table that is too large. */
  private static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Netlink netlink;
  private final String name;

  KernelTable(Netlink netlink, String name) {
    this.netlink = netlink;
    this.name = name;
  }

  String name() {
    return name;
  }

  /** The names of all tables of the family netdev that begin so. */
  static List<String> names(Netlink netlink, String prefix) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request =
          request(arena, Batch.GET_TABLE, Netlink.FLAG_DUMP, Kind.TABLE, Map.of(), -1);
      List<String> names = new ArrayList<>();
      netlink.ask(
          "the list of tables",
          request,
          names::clear,
          message -> {
            MemorySegment table = Libnftnl.alloc(Kind.TABLE);
            if (Libnftnl.parse(Kind.TABLE, message, table)) {
              String found = Libnftnl.getText(Kind.TABLE, table, Libnftnl.TABLE_NAME);
              if (found.startsWith(prefix)) {
                names.add(found);
              }
            }
            Libnftnl.free(Kind.TABLE, table);
          });
      return names;
    }
  }

  /** True if it is there and its program runs. */
  boolean isHooked() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request =
          request(
              arena,
              Batch.GET_CHAIN,
              Netlink.FLAG_ACK,
              Kind.CHAIN,
              Map.of(Libnftnl.CHAIN_TABLE, name, Libnftnl.CHAIN_NAME, Ruleset.HOOK),
              -1);
      netlink.ask("the chain " + Ruleset.HOOK, request, () -> {}, _ -> {});
      return true;
    } catch (NftablesException failure) {
      if (failure.errno() == Errno.ENOENT) {
        return false;
      }
      throw failure;
    }
  }

  /** Makes changes, all or none. */
  void commit(Changes changes) {
    try (Batch batch = new Batch(name)) {
      batch.add(changes);
      batch.commit(netlink);
    }
  }

  /** Lets the program run, and removes other tables in the same moment. */
  void hook(String interfaceName, List<String> instead) {
    try (Batch batch = new Batch(name)) {
      batch.hook(interfaceName);
      instead.forEach(batch::deleteTable);
      batch.commit(netlink);
    }
  }

  /** Removes tables. */
  static void delete(Netlink netlink, List<String> names) {
    try (Batch batch = new Batch("")) {
      names.forEach(batch::deleteTable);
      batch.commit(netlink);
    }
  }

  /**
   * Everything that the director keeps in it, unless that is more than {@code most} elements.
   *
   * <p>The kernel walks a set from its beginning for each part of the answer, some thousand
   * elements, so the time to read one grows with the square of its size: a million take a minute
   * and more.
   */
  Optional<TableState> read(int most) {
    // A socket of its own: what is left of an answer that nobody reads to its end goes with it.
    try (Netlink own = new Netlink(Netlink.NETFILTER)) {
      return Optional.of(new Reading(own, most).all());
    } catch (TooLargeException tooLarge) {
      return Optional.empty();
    }
  }

  private final class Reading {
    private final Netlink own;
    private int left;

    Reading(Netlink own, int most) {
      this.own = own;
      this.left = most;
    }

    TableState all() {
      Map<Integer, Optional<MacAddress>> servers = new TreeMap<>();
      for (Element sent : elements(TableSet.SENT)) {
        servers.put(Element.markOf(sent.key()), Optional.empty());
      }
      for (Element mac : elements(TableSet.SERVER_MAC)) {
        servers.put(Element.markOf(mac.key()), Optional.of(Element.macOf(mac.bytes())));
      }
      Map<IpAddress, Integer> outer = new HashMap<>();
      for (TableSet set : List.of(TableSet.OUTER4, TableSet.OUTER6)) {
        for (Element element : elements(set)) {
          outer.put(IpAddress.of(element.key()), Element.markOf(element.bytes()));
        }
      }
      return new TableState(
          servers,
          addresses(TableSet.VIRTUAL4, TableSet.VIRTUAL6),
          addresses(TableSet.LOCAL4, TableSet.LOCAL6),
          outer,
          ranges(elements(TableSet.INNER4)),
          ranges(elements(TableSet.INNER6)));
    }

    private List<Element> elements(TableSet set) {
      List<Element> elements = new ArrayList<>();
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment length = arena.allocate(INT);
        walk(
            own,
            arena,
            set,
            elements::clear,
            element -> {
              elements.add(
                  new Element(
                      Libnftnl.elementBytes(element, Libnftnl.ELEM_KEY, length),
                      Libnftnl.elementBytes(element, Libnftnl.ELEM_DATA, length),
                      null,
                      (Libnftnl.elementFlags(element) & Batch.ELEMENT_INTERVAL_END) != 0));
              if (elements.size() > left) {
                throw new TooLargeException();
              }
            });
      }
      left -= elements.size();
      return elements;
    }

    private Set<IpAddress> addresses(TableSet v4, TableSet v6) {
      Set<IpAddress> addresses = new HashSet<>();
      elements(v4).forEach(element -> addresses.add(IpAddress.of(element.key())));
      elements(v6).forEach(element -> addresses.add(IpAddress.of(element.key())));
      return addresses;
    }
  }

  /** All counters by name. */
  Map<String, Count> counters() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request =
          request(
              arena,
              Batch.GET_OBJECT,
              Netlink.FLAG_DUMP,
              Kind.OBJECT,
              Map.of(Libnftnl.OBJ_TABLE, name),
              Libnftnl.OBJ_TYPE);
      Map<String, Count> counters = new HashMap<>();
      netlink.ask(
          "the counters of table " + name,
          request,
          counters::clear,
          message -> {
            MemorySegment object = Libnftnl.alloc(Kind.OBJECT);
            if (Libnftnl.parse(Kind.OBJECT, message, object)) {
              counters.put(
                  Libnftnl.getText(Kind.OBJECT, object, Libnftnl.OBJ_NAME),
                  new Count(
                      Libnftnl.objectLong(object, Libnftnl.OBJ_CTR_PKTS),
                      Libnftnl.objectLong(object, Libnftnl.OBJ_CTR_BYTES)));
            }
            Libnftnl.free(Kind.OBJECT, object);
          });
      return counters;
    }
  }

  /** The sample of missed addresses, in no order. */
  List<MissedAddress> missed() {
    List<MissedAddress> missed = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment length = arena.allocate(INT);
      for (TableSet set : List.of(TableSet.MISSED4, TableSet.MISSED6)) {
        List<MissedAddress> ofSet = new ArrayList<>();
        walk(
            netlink,
            arena,
            set,
            ofSet::clear,
            element ->
                ofSet.add(
                    new MissedAddress(
                        IpAddress.of(Libnftnl.elementBytes(element, Libnftnl.ELEM_KEY, length)),
                        Libnftnl.elementPackets(element, length))));
        missed.addAll(ofSet);
      }
    }
    return missed;
  }

  private static List<Range> ranges(List<Element> elements) {
    List<Bound> bounds = new ArrayList<>();
    for (Element element : elements) {
      int mark = element.end() ? 0 : Element.markOf(element.bytes());
      bounds.add(new Bound(IpAddress.of(element.key()), element.end(), mark));
    }
    bounds.sort(IN_ORDER);
    List<Range> ranges = new ArrayList<>();
    Bound open = null;
    for (Bound bound : bounds) {
      if (open != null) {
        ranges.add(new Range(open.address(), DisjointRanges.before(bound.address()), open.mark()));
      }
      open = bound.isEnd() ? null : bound;
    }
    if (open != null) {
      IpFamily family = open.address().family();
      ranges.add(new Range(open.address(), DisjointRanges.highest(family), open.mark()));
    }
    return ranges;
  }

  private void walk(
      Netlink own, Arena arena, TableSet set, Runnable anew, Consumer<MemorySegment> take) {
    MemorySegment request =
        request(
            arena,
            Batch.GET_ELEMENT,
            Netlink.FLAG_DUMP,
            Kind.SET,
            Map.of(Libnftnl.SET_TABLE, name, Libnftnl.SET_NAME, set.toString()),
            -1);
    own.ask(
        "the elements of %s in table %s".formatted(set, name),
        request,
        anew,
        message -> {
          MemorySegment part = Libnftnl.alloc(Kind.SET);
          try {
            if (Libnftnl.parseElements(message, part)) {
              Libnftnl.forEachElement(part, take);
            }
          } finally {
            Libnftnl.free(Kind.SET, part);
          }
        });
  }

  /**
   * @param texts attribute → text
   * @param counterType the attribute that is to say "counter", or -1
   */
  private static MemorySegment request(
      Arena arena, int type, int flags, Kind kind, Map<Short, String> texts, int counterType) {
    MemorySegment memory = arena.allocate(REQUEST_BYTES, 8);
    Libnftnl.header(memory, type, Batch.FAMILY_NETDEV, flags, SEQUENCE);
    MemorySegment thing = Libnftnl.alloc(kind);
    texts.forEach(
        (attribute, text) -> Libnftnl.setText(kind, thing, attribute, arena.allocateFrom(text)));
    if (counterType >= 0) {
      Libnftnl.setInt(kind, thing, (short) counterType, Batch.OBJECT_COUNTER);
    }
    Libnftnl.build(kind, memory, thing);
    Libnftnl.free(kind, thing);
    return memory;
  }
}
