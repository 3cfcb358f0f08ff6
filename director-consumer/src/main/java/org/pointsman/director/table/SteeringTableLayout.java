package org.pointsman.director.table;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Where everything stands in a {@link SteeringTable}'s memory: the contract between this writer and
 * every reader, in Java or not.
 *
 * <p>The table is twelve sections ({@link Section}), each a block of memory of its own, aligned to
 * 64 bytes, zero before first use. All numbers are in the byte order of the host and naturally
 * aligned; addresses are stored as numbers (192.0.2.1 is {@code 0xc0000201}), so a reader converts
 * a packet's network order first. A reader in C would say:
 *
 * <pre>{@code
 * struct header {                   // HEADER
 *   __u64 magic;                    //   0  "PNTSMAN1"
 *   __u32 version, bytes;           //   8  5; size of this header
 *   __u32 outer_v4_buckets;         //  16  buckets of OUTER_V4, 16,384 or more
 *   __u32 outer_v4_tag_shift;       //  20  the whole part of their binary logarithm
 *   __u64 outer_v6_mask;            //  24  of OUTER_V6
 *   __u64 inner_v6_mask;            //  32  of INNER_V6
 *   __u64 inner_v4_groups;          //  40  groups in each of INNER_V4_…GROUPS
 *   __u64 outer_v6_entries;         //  48  entries in OUTER_V6_ENTRIES
 *   __u64 inner_v6_entries;         //  56  entries in INNER_V6_ENTRIES
 *   __u64 outer_v4_moves, pad[7];   //  64  grows before a slot of OUTER_V4 moves
 *   __u64 outer_v6_moves, pad[7];   // 128  of OUTER_V6
 *   __u64 inner_v6_moves, pad[7];   // 192  of INNER_V6
 *   __u64 inner_v6_lengths[3];      // 256  bit n: prefixes of length n are in INNER_V6
 *   __u64 pad[5];
 *   __u32 outer_v4_few[4];          // 320  some of the addresses in OUTER_V4; 0: none
 *   __u64 pad[22];
 *   __u64 outer_v4_filter[32];      // 512  bit n: OUTER_V4 may have addresses with these 11 bits
 * };
 * struct server {                   // SERVERS: 4,096 of them, the first unused
 *   __u64 mac;                      //   0  48 bits, first byte on the wire uppermost; 0: unknown
 *   __u32 interface, pad;           //   8  index of the interface to send on; 0: where it came in
 *   __u64 packets, bytes;           //  16  steered to it
 *   __u64 unreachable;              //  32  packets not sent because the MAC is unknown
 *   __u64 pad[3];
 * };
 * struct v4_bucket { __u32 slot[4]; }; // OUTER_V4: {tag, kind, server}, 0: empty
 * struct bucket { __u64 slot[4]; };   // OUTER_V6, INNER_V6: {tag, value}, 0: empty
 * struct v6_entry {                 // OUTER_V6_ENTRIES, INNER_V6_ENTRIES, the first unused
 *   __u64 high, low;                //   0  the address, network order as two numbers
 *   __u32 length, server;           //  16  prefix length (128 in the outer table); server index
 *   __u64 pad;
 * };
 * __u64 inner_v4_spans[1 << 19];     // INNER_V4_SPANS: {first, bitmap}, the bitmap in the lower half
 * __u32 inner_v4_cells[];            // INNER_V4_CELLS, the first one 0
 * __u16 inner_v4_groups[][256];      // INNER_V4_GROUPS, the first group unused
 * __u16 inner_v4_small_groups[][16]; // INNER_V4_SMALL_GROUPS, the first group unused
 * __u8 inner_v4_narrow_groups[][16]; // INNER_V4_NARROW_GROUPS, the first group unused
 * }</pre>
 *
 * <h2>Server index</h2>
 *
 * Every lookup ends in an index into SERVERS, 1 to {@value #MOST_SERVERS}; 0 means that nothing was
 * found. What a server's frames look like stands there once, so one store redirects a whole server.
 *
 * <h2>Compact cuckoo buckets (outer v4)</h2>
 *
 * A slot is one 32-bit number, though an address alone has 32 bits, because where it stands says
 * the rest of it. With {@code p = spread(address) × outer_v4_buckets}, a number of 64 bits ({@link
 * #spread} is a bijection), an entry's home is the bucket {@code p >> 32}, and its tag {@code
 * (__u32) p >> outer_v4_tag_shift}: at most 18 bits, which differ between all addresses that have
 * the same home. So any number of buckets will do, not just powers of two. The other bucket is
 * {@code (f - home)} modulo the number of buckets, where {@code f = (__u32) (tag × 0x9e3779b9) ×
 * outer_v4_buckets >> 32}; from there the same reckoning leads back home.
 *
 * <p>Bits 31–14 of a slot are the tag, bits 13–12 the kind (1: at home, 2: in its other bucket) and
 * bits 11–0 the server index. So a slot of a bucket is the entry's if it differs from {@code tag <<
 * 14 | kind << 12} in the lower 12 bits only, and these are then the answer. A lookup reads 16
 * bytes, and for the one in ten that are not at home 16 more. After Pagh and Rodler, "Cuckoo
 * hashing" (2004) and, for the shortened keys, Cleary, "Compact hash tables using bidirectional
 * linear probing" (1984).
 *
 * <p>{@code outer_v4_filter} is for sets so small that most addresses asked for are not in them:
 * bit {@code spread(address) >> 21} is set before the address is put, and stays. {@code
 * outer_v4_few} is for sets so small that most addresses asked for are one of the first few in
 * them: an address stands there after it was put by itself, if there is a place, and until before
 * it is removed.
 *
 * <h2>Cuckoo buckets (outer v6, inner v6)</h2>
 *
 * A slot is one 64-bit number: the upper 32 bits a tag, the lower 32 bits a value other than 0. It
 * is written and read in one piece. An entry stands in one of two buckets, which follow from its
 * tag: with {@code h = mix(tag)} ({@link #mix}), bucket {@code h & mask}, or {@code (h & mask) ^
 * (((h >> 32) | 1) & mask)}. So the other bucket of a slot follows from the slot alone, which is
 * what an insertion needs to move it.
 *
 * <p>16-byte keys do not fit one store. The tag is 32 bits of a hash of the key ({@link #v6Tag})
 * and the value the number of an entry, which holds the whole key and the server. An entry's key
 * never changes while a slot names it, and moving a slot does not touch it.
 *
 * <h2>Moving slots</h2>
 *
 * A slot of either kind of bucket moves by copying first and clearing then, and the section's move
 * counter grows before each. A reader looks into the first bucket, the second, and the first again,
 * and takes "not found" for true only if the move counter is what it was before; else it looks
 * again (a kernel program: a bounded number of times). With one move or none in between, three
 * looks cannot miss a key that is present: it can change buckets once, and whichever way it went,
 * it was copied before the look that finds its old place empty.
 *
 * <h2>Compressed DIR-24-8 (inner v4)</h2>
 *
 * After Gupta, Lin and McKeown, "Routing lookups in hardware at memory access speeds" (INFOCOM
 * 1998), with the base table compressed as in Degermark and others, "Small forwarding tables for
 * fast routing lookups" (SIGCOMM 1997) and Asai and Ohara, "Poptrie" (SIGCOMM 2015): read at
 * random, 64 MB of base cells cost more than all the rest of a lookup.
 *
 * <p>The upper 19 bits of the address are the index of a span, 32 /24 blocks. Bit n of its bitmap
 * is set if block n of them has a cell of its own; this one is INNER_V4_CELLS[first + bits set
 * below n]. All other blocks share the cell behind these, INNER_V4_CELLS[first + bits set]. A span
 * of which nothing is known is 0 and so has the first cell of all, which is 0. But if bit 31 of
 * {@code first} is set, the span has no cells: block n's then is {@code first + bits set below n}
 * itself, and all other blocks' is 0. So it is where every block with anything in it has a group,
 * and each group's number follows the last one's; one read less.
 *
 * <p>A cell says, in bits 11–0, the server index (0: none), and for whom:
 *
 * <ul>
 *   <li>bit 31 clear: for addresses whose last 8 bits agree with bits 19–12 in their first n bits,
 *       where n is in bits 23–20; there is nobody else in the /24. With n = 0 that is the whole
 *       /24; bits 28–24 then are the length of the prefix that says so.
 *   <li>bit 31 set: bits 23–0 are the number of a group. If bit 30 is clear, its 256 cells stand
 *       for the last 8 bits of the address; if it is set, it is a small group, whose 16 cells stand
 *       for the upper 4 of these 8 bits: most subnets are no longer than /28, and a sixteenth of
 *       the memory is a sixteenth of the cache. A cell's bits 11–0 are the server index, bits 15–12
 *       the length less 24 of the prefix that says so, or 0 for a shorter one (whose length then is
 *       in bits 28–24 of the base cell). If bit 29 is set as well, the small group is a narrow one,
 *       whose 16 cells have 8 bits for the server index: all its prefixes are of one length (less
 *       24, in bits 28–24 of the base cell), no other one covers them, and no index is larger.
 * </ul>
 *
 * Lengths in bits 28–24 and 15–12 are the writer's notes; readers mask them off.
 *
 * <h2>Hashed prefixes (inner v6)</h2>
 *
 * One hash table for each prefix length in use. They share one array of buckets (the length is part
 * of the key, so none must be sized in advance); {@code inner_v6_lengths} says which are in use. A
 * reader tries them from the longest to the shortest and takes the first hit.
 *
 * <h2>Order of stores</h2>
 *
 * Slots, cells, groups and lengths are published with release stores; readers use acquire loads (on
 * x86 and with BPF's dependency ordering an ordinary load is one). What is freed (a span's cells, a
 * group, an entry) is not used again for {@value #REUSE_DELAY_MILLIS} ms, by when every reader that
 * had found it is done; a JVM may be stopped in the middle of a lookup for longer, so a Java reader
 * also reads the span, base cell or slot again and starts over if it changed.
 */
public final class SteeringTableLayout {
  /** Blocks of memory, each of which can be an array map's only value. */
  public enum Section {
    HEADER,
    SERVERS,
    OUTER_V4,
    OUTER_V6,
    OUTER_V6_ENTRIES,
    INNER_V4_SPANS,
    INNER_V4_CELLS,
    INNER_V4_GROUPS,
    INNER_V4_SMALL_GROUPS,
    INNER_V4_NARROW_GROUPS,
    INNER_V6,
    INNER_V6_ENTRIES;

    /** How many bytes this section has in a table of these sizes. */
    public long bytes(TableLimits limits) {
      return switch (this) {
        case HEADER -> HEADER_BYTES;
        case SERVERS -> (MOST_SERVERS + 1L) * SERVER_BYTES;
        case OUTER_V4 -> (long) limits.outerV4Slots() * V4_SLOT_BYTES;
        case OUTER_V6 -> (long) TableLimits.slotsFor(limits.outerV6Addresses()) * SLOT_BYTES;
        case OUTER_V6_ENTRIES -> (limits.outerV6Addresses() + 1L) * V6_ENTRY_BYTES;
        case INNER_V4_SPANS -> INNER_V4_SPANS_BYTES;
        case INNER_V4_CELLS -> INNER_V4_CELLS_BYTES;
        case INNER_V4_GROUPS -> (limits.innerV4Groups() + 1L) * GROUP_BYTES;
        case INNER_V4_SMALL_GROUPS -> (limits.innerV4Groups() + 1L) * SMALL_GROUP_BYTES;
        case INNER_V4_NARROW_GROUPS -> (limits.innerV4Groups() + 1L) * NARROW_GROUP_BYTES;
        case INNER_V6 -> (long) TableLimits.slotsFor(limits.innerV6Prefixes()) * SLOT_BYTES;
        case INNER_V6_ENTRIES -> (limits.innerV6Prefixes() + 1L) * V6_ENTRY_BYTES;
      };
    }
  }

  /** "PNTSMAN1" read as a big-endian number. */
  public static final long MAGIC = 0x504e_5453_4d41_4e31L;

  public static final int VERSION = 5;

  /** Index 0 is "none", so there are this many. */
  public static final int MOST_SERVERS = 4095;

  /** How long a freed group, entry or server index rests. */
  public static final int REUSE_DELAY_MILLIS = 1000;

  static final int HEADER_BYTES = 4096;
  static final int SERVER_BYTES = 64;
  static final int V4_SLOT_BYTES = 4;
  static final int FEWEST_V4_BUCKETS = 1 << 14; // fewer would leave more of an address than fits
  static final int SLOT_BYTES = 8;
  static final int BUCKET_SLOTS = 4;
  static final int BUCKET_BYTES = BUCKET_SLOTS * SLOT_BYTES;
  static final int V6_ENTRY_BYTES = 32;
  static final int GROUP_CELLS = 256;
  static final int GROUP_BYTES = GROUP_CELLS * Short.BYTES;
  static final int SMALL_GROUP_CELLS = 16;
  static final int SMALL_GROUP_BYTES = SMALL_GROUP_CELLS * Short.BYTES;
  static final int NARROW_GROUP_BYTES = SMALL_GROUP_CELLS;
  static final int SPANS = 1 << 19;
  static final long INNER_V4_SPANS_BYTES = (long) SPANS * Long.BYTES;

  /** A full one for every span, and some that rest. */
  static final long INNER_V4_CELLS_BYTES = (SPANS + 1024L) * InnerV4Base.BLOCKS * Integer.BYTES;

  static final long AT_MAGIC = 0;
  static final long AT_VERSION = 8;
  static final long AT_HEADER_BYTES = 12;
  static final long AT_OUTER_V4_BUCKETS = 16;
  static final long AT_OUTER_V4_TAG_SHIFT = 20;
  static final long AT_OUTER_V6_MASK = 24;
  static final long AT_INNER_V6_MASK = 32;
  static final long AT_INNER_V4_GROUPS = 40;
  static final long AT_OUTER_V6_ENTRIES = 48;
  static final long AT_INNER_V6_ENTRIES = 56;
  static final long AT_OUTER_V4_MOVES = 64;
  static final long AT_OUTER_V6_MOVES = 128;
  static final long AT_INNER_V6_MOVES = 192;
  static final long AT_INNER_V6_LENGTHS = 256;
  static final long AT_OUTER_V4_FEW = 320;
  static final int OUTER_V4_FEW = 4;
  static final long AT_OUTER_V4_FILTER = 512;
  static final int FILTER_SHIFT = 21;

  static final long SERVER_MAC = 0;
  static final long SERVER_INTERFACE = 8;
  static final long SERVER_PACKETS = 16;
  static final long SERVER_BYTES_STEERED = 24;
  static final long SERVER_UNREACHABLE = 32;

  static final long ENTRY_HIGH = 0;
  static final long ENTRY_LOW = 8;
  static final long ENTRY_LENGTH = 16;
  static final long ENTRY_SERVER = 20;

  static final int TAG_SHIFT = 14;
  static final int AT_HOME = 1 << 12;
  static final int AWAY = 2 << 12;
  static final int KINDS = AT_HOME | AWAY;

  static final int GROUP_FLAG = 1 << 31;
  static final int SMALL_FLAG = 1 << 30;
  static final int NARROW_FLAG = 1 << 29;
  static final int NARROW_MASK = 0xff;
  static final int ALONE_ADDRESS_SHIFT = 12;
  static final int ALONE_LENGTH_SHIFT = 20;
  static final int ALONE_LENGTH_MASK = 0xf;
  static final int LENGTH_SHIFT = 24;
  static final int LENGTH_MASK = 0x1f;
  static final int INDEX_MASK = (1 << 24) - 1;
  static final int CELL_LENGTH_SHIFT = 12;
  static final int SERVER_MASK = 0xfff;

  static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle();
  static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();
  static final VarHandle SHORT = ValueLayout.JAVA_SHORT.varHandle();
  static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

  private SteeringTableLayout() {}

  /** Mixes an address's bits (MurmurHash3's finalizer); a bijection, undone by {@link #gather}. */
  public static int spread(int address) {
    int h = address;
    h = (h ^ h >>> 16) * 0x85eb_ca6b;
    h = (h ^ h >>> 13) * 0xc2b2_ae35;
    return h ^ h >>> 16;
  }

  /** The address that was {@link #spread}: the factors are the other ones' inverses modulo 2^32. */
  static int gather(int spread) {
    int h = spread;
    h = (h ^ h >>> 16) * 0x7ed1_b41d;
    h = (h ^ h >>> 13 ^ h >>> 26) * 0xa5cb_9243;
    return h ^ h >>> 16;
  }

  /** Spreads a tag's 32 bits over 64; a bijection. */
  public static long mix(int tag) {
    long h = Integer.toUnsignedLong(tag) * 0x9e37_79b9_7f4a_7c15L;
    h ^= h >>> 32;
    h *= 0xd6e8_feb8_6659_fd93L;
    return h ^ (h >>> 32);
  }

  /** The 32 bits of an IPv6 key that stand in its slot. */
  public static int v6Tag(long high, long low, int length) {
    // The length is spread first: xored as it is, it would undo the last bits of a prefix.
    long h = (high ^ length * 0xd6e8_feb8_6659_fd93L) * 0x9e37_79b9_7f4a_7c15L;
    h = (h ^ (h >>> 32) ^ low) * 0xd6e8_feb8_6659_fd93L;
    h = (h ^ (h >>> 32)) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (h >>> 32);
  }

  static long acquireLong(MemorySegment segment, long offset) {
    return (long) LONG.getAcquire(segment, offset);
  }

  /** In one piece, as every aligned load is, and after the acquiring load before it. */
  static long plainLong(MemorySegment segment, long offset) {
    return (long) LONG.get(segment, offset);
  }

  static void releaseLong(MemorySegment segment, long offset, long value) {
    LONG.setRelease(segment, offset, value);
  }

  static int acquireInt(MemorySegment segment, long offset) {
    return (int) INT.getAcquire(segment, offset);
  }

  static void releaseInt(MemorySegment segment, long offset, int value) {
    INT.setRelease(segment, offset, value);
  }

  static int acquireShort(MemorySegment segment, long offset) {
    return (short) SHORT.getAcquire(segment, offset) & 0xffff;
  }

  /** In one piece, as every aligned store is, but in no order with other stores. */
  static void plainLong(MemorySegment segment, long offset, long value) {
    LONG.set(segment, offset, value);
  }

  static int acquireByte(MemorySegment segment, long offset) {
    return (byte) BYTE.getAcquire(segment, offset) & 0xff;
  }

  static void releaseByte(MemorySegment segment, long offset, int value) {
    BYTE.setRelease(segment, offset, (byte) value);
  }

  static void releaseShort(MemorySegment segment, long offset, int value) {
    SHORT.setRelease(segment, offset, (short) value);
  }
}
