package org.pointsman.director.dataplane.nftables;

import static org.pointsman.director.dataplane.nftables.CLibrary.BOOL;
import static org.pointsman.director.dataplane.nftables.CLibrary.INT;
import static org.pointsman.director.dataplane.nftables.CLibrary.LONG;
import static org.pointsman.director.dataplane.nftables.CLibrary.POINTER;
import static org.pointsman.director.dataplane.nftables.CLibrary.SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.function.Consumer;

/**
 * The functions of libnftnl (1.1.6 or newer) that are used here, under their own names without the
 * prefix {@code nftnl_}. The numbers of attributes are those of its headers, {@code libnftnl/*.h}.
 */
final class Libnftnl {
  private static final CLibrary LIBRARY = CLibrary.NFTNL.load();

  static final short SET_TABLE = 0;
  static final short SET_NAME = 1;
  static final short ELEM_FLAGS = 0;
  static final short ELEM_KEY = 1;
  static final short ELEM_DATA = 4;
  static final short ELEM_EXPR = 8;
  static final short ELEM_OBJREF = 9;
  static final short OBJ_TABLE = 0;
  static final short OBJ_NAME = 1;
  static final short OBJ_TYPE = 2;
  static final short OBJ_CTR_PKTS = 16;
  static final short OBJ_CTR_BYTES = 17;
  static final short TABLE_NAME = 0;
  static final short CHAIN_NAME = 0;
  static final short CHAIN_TABLE = 2;
  static final short CHAIN_HOOKNUM = 3;
  static final short CHAIN_PRIO = 4;
  static final short CHAIN_TYPE = 10;
  static final short CHAIN_DEV = 11;
  static final short RULE_TABLE = 1;
  static final short RULE_CHAIN = 2;
  static final short EXPR_IMM_DREG = 1;
  static final short EXPR_IMM_VERDICT = 3;
  static final short EXPR_IMM_CHAIN = 4;
  static final short EXPR_CTR_PACKETS = 1;

  private static final MethodHandle NLMSG_BUILD_HDR =
      LIBRARY.function("nftnl_nlmsg_build_hdr", POINTER, POINTER, SHORT, SHORT, SHORT, INT);
  private static final MethodHandle BATCH_BEGIN =
      LIBRARY.function("nftnl_batch_begin", POINTER, POINTER, INT);
  private static final MethodHandle BATCH_END =
      LIBRARY.function("nftnl_batch_end", POINTER, POINTER, INT);
  private static final MethodHandle ELEM_ALLOC = LIBRARY.function("nftnl_set_elem_alloc", POINTER);
  private static final MethodHandle ELEM_SET =
      LIBRARY.function("nftnl_set_elem_set", INT, POINTER, SHORT, POINTER, INT);
  private static final MethodHandle ELEM_SET_U32 =
      LIBRARY.procedure("nftnl_set_elem_set_u32", POINTER, SHORT, INT);
  private static final MethodHandle ELEM_ADD =
      LIBRARY.procedure("nftnl_set_elem_add", POINTER, POINTER);
  private static final MethodHandle ELEM_GET =
      LIBRARY.function("nftnl_set_elem_get", POINTER, POINTER, SHORT, POINTER);
  private static final MethodHandle ELEM_GET_U32 =
      LIBRARY.function("nftnl_set_elem_get_u32", INT, POINTER, SHORT);
  private static final MethodHandle ELEM_IS_SET =
      LIBRARY.function("nftnl_set_elem_is_set", BOOL, POINTER, SHORT);
  private static final MethodHandle ELEMS_BUILD =
      LIBRARY.procedure("nftnl_set_elems_nlmsg_build_payload", POINTER, POINTER);
  private static final MethodHandle ELEMS_PARSE =
      LIBRARY.function("nftnl_set_elems_nlmsg_parse", INT, POINTER, POINTER);
  private static final MethodHandle ITER_CREATE =
      LIBRARY.function("nftnl_set_elems_iter_create", POINTER, POINTER);
  private static final MethodHandle ITER_NEXT =
      LIBRARY.function("nftnl_set_elems_iter_next", POINTER, POINTER);
  private static final MethodHandle ITER_DESTROY =
      LIBRARY.procedure("nftnl_set_elems_iter_destroy", POINTER);
  private static final MethodHandle EXPR_ALLOC =
      LIBRARY.function("nftnl_expr_alloc", POINTER, POINTER);
  private static final MethodHandle EXPR_SET_U32 =
      LIBRARY.procedure("nftnl_expr_set_u32", POINTER, SHORT, INT);
  private static final MethodHandle EXPR_SET_STR =
      LIBRARY.procedure("nftnl_expr_set_str", POINTER, SHORT, POINTER);
  private static final MethodHandle EXPR_GET_U64 =
      LIBRARY.function("nftnl_expr_get_u64", LONG, POINTER, SHORT);
  private static final MethodHandle RULE_ADD_EXPR =
      LIBRARY.procedure("nftnl_rule_add_expr", POINTER, POINTER);
  private static final MethodHandle OBJ_GET_U64 =
      LIBRARY.function("nftnl_obj_get_u64", LONG, POINTER, SHORT);

  /** What libnftnl makes, fills, writes into a message, reads from one, and frees alike. */
  enum Kind {
    SET("set"),
    OBJECT("obj"),
    TABLE("table"),
    CHAIN("chain"),
    RULE("rule");

    private final MethodHandle alloc;
    private final MethodHandle free;
    private final MethodHandle setText;
    private final MethodHandle setInt;
    private final MethodHandle getText;
    private final MethodHandle build;
    private final MethodHandle parse;

    Kind(String name) {
      String prefix = "nftnl_" + name + "_";
      alloc = LIBRARY.function(prefix + "alloc", POINTER);
      free = LIBRARY.procedure(prefix + "free", POINTER);
      setText = LIBRARY.procedure(prefix + "set_str", POINTER, SHORT, POINTER);
      setInt = LIBRARY.procedure(prefix + "set_u32", POINTER, SHORT, INT);
      getText = LIBRARY.function(prefix + "get_str", POINTER, POINTER, SHORT);
      build = LIBRARY.procedure(prefix + "nlmsg_build_payload", POINTER, POINTER);
      parse = LIBRARY.function(prefix + "nlmsg_parse", INT, POINTER, POINTER);
    }
  }

  private Libnftnl() {}

  static MemorySegment alloc(Kind kind) {
    try {
      return notNull((MemorySegment) kind.alloc.invokeExact());
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static MemorySegment allocExpression(MemorySegment name) {
    return pointer(EXPR_ALLOC, name);
  }

  static void free(Kind kind, MemorySegment thing) {
    call(kind.free, thing);
  }

  static void setText(Kind kind, MemorySegment thing, short attribute, MemorySegment text) {
    try {
      kind.setText.invokeExact(thing, attribute, text);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static void setInt(Kind kind, MemorySegment thing, short attribute, int value) {
    call(kind.setInt, thing, attribute, value);
  }

  static String getText(Kind kind, MemorySegment thing, short attribute) {
    try {
      return CLibrary.text((MemorySegment) kind.getText.invokeExact(thing, attribute));
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** Writes a thing behind the header of a message, whose length grows. */
  static void build(Kind kind, MemorySegment message, MemorySegment thing) {
    call(kind.build, message, thing);
  }

  /** Reads a message into a thing; false if it is not of this kind. */
  static boolean parse(Kind kind, MemorySegment message, MemorySegment thing) {
    return number(kind.parse, message, thing) >= 0;
  }

  /** Writes the header of a message. */
  static void header(MemorySegment memory, int type, int family, int flags, int sequence) {
    try {
      MemorySegment _ =
          (MemorySegment)
              NLMSG_BUILD_HDR.invokeExact(
                  memory, (short) type, (short) family, (short) flags, sequence);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static void batchBegin(MemorySegment memory, int sequence) {
    MemorySegment _ = pointer(BATCH_BEGIN, memory, sequence);
  }

  static void batchEnd(MemorySegment memory, int sequence) {
    MemorySegment _ = pointer(BATCH_END, memory, sequence);
  }

  static MemorySegment allocElement() {
    try {
      return notNull((MemorySegment) ELEM_ALLOC.invokeExact());
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static void setElement(MemorySegment element, short attribute, MemorySegment data, int bytes) {
    try {
      int result = (int) ELEM_SET.invokeExact(element, attribute, data, bytes);
      if (result < 0) {
        throw new OutOfMemoryError("expected memory for an element but there is none");
      }
    } catch (OutOfMemoryError full) {
      throw full;
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static void setElementInt(MemorySegment element, short attribute, int value) {
    call(ELEM_SET_U32, element, attribute, value);
  }

  /** From here on the set frees the element. */
  static void addElement(MemorySegment set, MemorySegment element) {
    call(ELEM_ADD, set, element);
  }

  static void buildElements(MemorySegment message, MemorySegment set) {
    call(ELEMS_BUILD, message, set);
  }

  static boolean parseElements(MemorySegment message, MemorySegment set) {
    return number(ELEMS_PARSE, message, set) >= 0;
  }

  /** Walks a set's elements, which live as long as the set does. */
  static void forEachElement(MemorySegment set, Consumer<MemorySegment> action) {
    MemorySegment iterator = pointer(ITER_CREATE, set);
    try {
      for (MemorySegment element = next(iterator);
          !element.equals(MemorySegment.NULL);
          element = next(iterator)) {
        action.accept(element);
      }
    } finally {
      call(ITER_DESTROY, iterator);
    }
  }

  /** The bytes of an element's key or data. */
  @SuppressWarnings("restricted")
  static byte[] elementBytes(MemorySegment element, short attribute, MemorySegment length) {
    try {
      MemorySegment data = (MemorySegment) ELEM_GET.invokeExact(element, attribute, length);
      return data.equals(MemorySegment.NULL)
          ? new byte[0]
          : data.reinterpret(length.get(INT, 0)).toArray(ValueLayout.JAVA_BYTE);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** The flags of an element, 0 if it has none. */
  static int elementFlags(MemorySegment element) {
    try {
      return (boolean) ELEM_IS_SET.invokeExact(element, ELEM_FLAGS)
          ? (int) ELEM_GET_U32.invokeExact(element, ELEM_FLAGS)
          : 0;
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** The packets that an element's own counter has counted. */
  static long elementPackets(MemorySegment element, MemorySegment length) {
    try {
      MemorySegment counter = (MemorySegment) ELEM_GET.invokeExact(element, ELEM_EXPR, length);
      return counter.equals(MemorySegment.NULL)
          ? 0
          : (long) EXPR_GET_U64.invokeExact(counter, EXPR_CTR_PACKETS);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static long objectLong(MemorySegment object, short attribute) {
    try {
      return (long) OBJ_GET_U64.invokeExact(object, attribute);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  static void setExpressionInt(MemorySegment expression, short attribute, int value) {
    call(EXPR_SET_U32, expression, attribute, value);
  }

  static void setExpressionText(MemorySegment expression, short attribute, MemorySegment text) {
    try {
      EXPR_SET_STR.invokeExact(expression, attribute, text);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** From here on the rule frees the expression. */
  static void addExpression(MemorySegment rule, MemorySegment expression) {
    call(RULE_ADD_EXPR, rule, expression);
  }

  // ---- by the shape of the function ----------------------------------------------------------

  private static MemorySegment next(MemorySegment iterator) {
    try {
      return (MemorySegment) ITER_NEXT.invokeExact(iterator);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static MemorySegment pointer(MethodHandle function, MemorySegment a) {
    try {
      return notNull((MemorySegment) function.invokeExact(a));
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static MemorySegment pointer(MethodHandle function, MemorySegment a, int b) {
    try {
      return notNull((MemorySegment) function.invokeExact(a, b));
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static void call(MethodHandle function, MemorySegment a) {
    try {
      function.invokeExact(a);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static void call(MethodHandle function, MemorySegment a, MemorySegment b) {
    try {
      function.invokeExact(a, b);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static void call(MethodHandle function, MemorySegment a, short b, int c) {
    try {
      function.invokeExact(a, b, c);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  private static int number(MethodHandle function, MemorySegment a, MemorySegment b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable thrown) {
      throw CLibrary.mistake(thrown);
    }
  }

  /** Their allocations return null for want of memory, and nothing else. */
  private static MemorySegment notNull(MemorySegment made) {
    if (made.equals(MemorySegment.NULL)) {
      throw new OutOfMemoryError("expected memory from libnftnl but there is none");
    }
    return made;
  }
}
