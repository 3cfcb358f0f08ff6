package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.INT;
import static org.pointsman.director.dataplane.nftables.CLibrary.SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pointsman.director.dataplane.nftables.Libnftnl.Kind;

/** One transaction of the kernel's, as messages in memory. */
final class Batch implements AutoCloseable {
  /** What {@code linux/netfilter/nf_tables.h} and its neighbours call NFPROTO_NETDEV. */
  static final int FAMILY_NETDEV = 5;

  static final int NEW_TABLE = 0;
  static final int GET_TABLE = 1;
  static final int DELETE_TABLE = 2;
  static final int NEW_CHAIN = 3;
  static final int GET_CHAIN = 4;
  static final int NEW_RULE = 6;
  static final int NEW_ELEMENT = 12;
  static final int GET_ELEMENT = 13;
  static final int DELETE_ELEMENT = 14;
  static final int NEW_OBJECT = 18;
  static final int GET_OBJECT = 19;
  static final int DELETE_OBJECT = 20;

  static final int OBJECT_COUNTER = 1;
  static final int ELEMENT_INTERVAL_END = 1;
  private static final int HOOK_INGRESS = 0;
  private static final int VERDICT_GOTO = -4;

  /** Elements are one attribute, of at most 65,535 bytes; none of ours takes 80. */
  private static final int MOST_ELEMENTS = 800;

  private static final long ROOM = 128 << 10;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment key = arena.allocate(32);
  private final MemorySegment data = arena.allocate(8);
  private final MemorySegment table;
  private MemorySegment memory = arena.allocate(ROOM, 8);
  private long used;
  private long lastMessage;
  private int sequence = 1;

  Batch(String table) {
    this.table = arena.allocateFrom(table);
    Libnftnl.batchBegin(memory, 0);
    used = memory.get(INT, 0);
  }

  /** Everything, in the order that the kernel needs. */
  void add(Changes changes) {
    changes.newCounters.forEach(name -> counter(NEW_OBJECT, Netlink.FLAG_CREATE, name));
    changes.removed.forEach((set, elements) -> elements(DELETE_ELEMENT, 0, set, elements));
    changes.added.forEach(
        (set, elements) -> elements(NEW_ELEMENT, Netlink.FLAG_CREATE, set, elements));
    changes.goneCounters.forEach(name -> counter(DELETE_OBJECT, 0, name));
  }

  /** Hooks the table's program to the ingress of an interface. */
  void hook(String interfaceName) {
    MemorySegment chain = Libnftnl.alloc(Kind.CHAIN);
    text(Kind.CHAIN, chain, Libnftnl.CHAIN_TABLE, table);
    text(Kind.CHAIN, chain, Libnftnl.CHAIN_NAME, arena.allocateFrom(Ruleset.HOOK));
    text(Kind.CHAIN, chain, Libnftnl.CHAIN_TYPE, arena.allocateFrom("filter"));
    text(Kind.CHAIN, chain, Libnftnl.CHAIN_DEV, arena.allocateFrom(interfaceName));
    Libnftnl.setInt(Kind.CHAIN, chain, Libnftnl.CHAIN_HOOKNUM, HOOK_INGRESS);
    Libnftnl.setInt(Kind.CHAIN, chain, Libnftnl.CHAIN_PRIO, 0);
    message(NEW_CHAIN, Netlink.FLAG_CREATE, Kind.CHAIN, chain);

    MemorySegment rule = Libnftnl.alloc(Kind.RULE);
    text(Kind.RULE, rule, Libnftnl.RULE_TABLE, table);
    text(Kind.RULE, rule, Libnftnl.RULE_CHAIN, arena.allocateFrom(Ruleset.HOOK));
    MemorySegment jump = Libnftnl.allocExpression(arena.allocateFrom("immediate"));
    Libnftnl.setExpressionInt(jump, Libnftnl.EXPR_IMM_DREG, 0);
    Libnftnl.setExpressionInt(jump, Libnftnl.EXPR_IMM_VERDICT, VERDICT_GOTO);
    Libnftnl.setExpressionText(jump, Libnftnl.EXPR_IMM_CHAIN, arena.allocateFrom(Ruleset.PROGRAM));
    Libnftnl.addExpression(rule, jump);
    message(NEW_RULE, Netlink.FLAG_CREATE | Netlink.FLAG_APPEND, Kind.RULE, rule);
  }

  /** Deletes a whole table, with its hook. */
  void deleteTable(String name) {
    MemorySegment gone = Libnftnl.alloc(Kind.TABLE);
    text(Kind.TABLE, gone, Libnftnl.TABLE_NAME, arena.allocateFrom(name));
    message(DELETE_TABLE, 0, Kind.TABLE, gone);
  }

  /** Sends it; all of it is done, or nothing. */
  void commit(Netlink netlink) {
    if (lastMessage == 0) {
      return;
    }
    short flags = memory.get(SHORT, lastMessage + 6);
    memory.set(SHORT, lastMessage + 6, (short) (flags | Netlink.FLAG_ACK));
    Libnftnl.batchEnd(room(), sequence);
    netlink.commit(memory, used + memory.get(INT, used), sequence - 1);
  }

  private void counter(int type, int flags, String name) {
    MemorySegment object = Libnftnl.alloc(Kind.OBJECT);
    text(Kind.OBJECT, object, Libnftnl.OBJ_TABLE, table);
    text(Kind.OBJECT, object, Libnftnl.OBJ_NAME, arena.allocateFrom(name));
    Libnftnl.setInt(Kind.OBJECT, object, Libnftnl.OBJ_TYPE, OBJECT_COUNTER);
    message(type, flags, Kind.OBJECT, object);
  }

  private void elements(int type, int flags, TableSet set, List<Element> elements) {
    MemorySegment name = arena.allocateFrom(set.toString());
    for (int from = 0; from < elements.size(); from += MOST_ELEMENTS) {
      MemorySegment filled = Libnftnl.alloc(Kind.SET);
      try {
        text(Kind.SET, filled, Libnftnl.SET_TABLE, table);
        text(Kind.SET, filled, Libnftnl.SET_NAME, name);
        for (Element element :
            elements.subList(from, Math.min(from + MOST_ELEMENTS, elements.size()))) {
          Libnftnl.addElement(filled, make(element));
        }
        MemorySegment at = room();
        Libnftnl.header(at, type, FAMILY_NETDEV, flags, sequence);
        Libnftnl.buildElements(at, filled);
        written(at);
      } finally {
        Libnftnl.free(Kind.SET, filled);
      }
    }
  }

  private MemorySegment make(Element element) {
    MemorySegment made = Libnftnl.allocElement();
    bytes(made, Libnftnl.ELEM_KEY, key, element.key());
    bytes(made, Libnftnl.ELEM_DATA, data, element.data());
    if (element.end()) {
      Libnftnl.setElementInt(made, Libnftnl.ELEM_FLAGS, ELEMENT_INTERVAL_END);
    }
    if (element.object() != null) {
      MemorySegment name = arena.allocateFrom(element.object());
      Libnftnl.setElement(made, Libnftnl.ELEM_OBJREF, name, (int) name.byteSize());
    }
    return made;
  }

  private static void bytes(
      MemorySegment element, short attribute, MemorySegment copy, byte @Nullable [] bytes) {
    if (bytes != null) {
      copy.copyFrom(MemorySegment.ofArray(bytes));
      Libnftnl.setElement(element, attribute, copy, bytes.length);
    }
  }

  private void message(int type, int flags, Kind kind, MemorySegment thing) {
    MemorySegment at = room();
    Libnftnl.header(at, type, FAMILY_NETDEV, flags, sequence);
    Libnftnl.build(kind, at, thing);
    Libnftnl.free(kind, thing);
    written(at);
  }

  /** Where the next message goes, with room for the longest. */
  private MemorySegment room() {
    if (memory.byteSize() - used < ROOM) {
      MemorySegment larger = arena.allocate(memory.byteSize() * 2 + ROOM, 8);
      larger.copyFrom(memory.asSlice(0, used));
      memory = larger;
    }
    return memory.asSlice(used);
  }

  private void written(MemorySegment message) {
    lastMessage = used;
    used += (message.get(INT, 0) + 3) & ~3;
    sequence++;
  }

  private static void text(Kind kind, MemorySegment thing, short attribute, MemorySegment text) {
    Libnftnl.setText(kind, thing, attribute, text);
  }

  @Override
  public void close() {
    arena.close();
  }
}
