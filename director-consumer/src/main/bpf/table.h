/*
 * The steering table as this program reads it. The layout, and why a reader that follows it cannot
 * miss a key, stand in SteeringTableLayout.java: the same bytes serve Java, which alone writes them.
 *
 * Every section is an array map of 8-byte multiples, so that its bytes follow each other as the
 * layout says; the loader sets how many elements it has.
 */
#ifndef POINTSMAN_TABLE_H
#define POINTSMAN_TABLE_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct header {
	__u64 magic;
	__u32 version, bytes;
	__u32 outer_v4_buckets, outer_v4_tag_shift;
	__u64 outer_v6_mask, inner_v6_mask;
	__u64 inner_v4_groups, outer_v6_entries, inner_v6_entries;
	__u64 outer_v4_moves, pad1[7];
	__u64 outer_v6_moves, pad2[7];
	__u64 inner_v6_moves, pad3[7];
	__u64 inner_v6_lengths[3];
	__u64 pad4[5];
	__u64 outer_v4_few[2]; /* of 32 bits, two in each */
	__u64 pad5[22];
	__u64 outer_v4_filter[32];
	__u64 rest[416];
};

/* What Java counts here, this program counts in server_counters. */
struct server {
	__u64 mac; /* 48 bits, the first byte on the wire uppermost; 0: not known */
	__u32 interface, pad;
	__u64 unused[6];
};

struct v4_bucket {
	__u64 slots[2]; /* of 32 bits, two in each: tag, kind and server; 0: empty */
};

struct bucket {
	__u64 slot[4]; /* tag in the upper half, value in the lower; 0: empty */
};

struct v6_entry {
	__u64 high, low;
	__u32 length, server;
	__u64 pad;
};

struct span {
	__u64 bitmap_and_first; /* lower half: which of its 32 blocks have a cell; where, or what */
};

struct cells {
	__u32 cell[16];
};

struct group {
	__u16 cell[256];
};

struct small_group {
	__u16 cell[16];
};

struct narrow_group {
	__u8 server[16];
};

_Static_assert(sizeof(struct header) == 4096, "as in SteeringTableLayout");
_Static_assert(__builtin_offsetof(struct header, outer_v4_few) == 320, "as in SteeringTableLayout");
_Static_assert(__builtin_offsetof(struct header, outer_v4_filter) == 512, "as in SteeringTableLayout");
_Static_assert(sizeof(struct server) == 64, "as in SteeringTableLayout");
_Static_assert(sizeof(struct v6_entry) == 32, "as in SteeringTableLayout");

#define SHARED_ARRAY(name, value_type)            \
	struct {                                  \
		__uint(type, BPF_MAP_TYPE_ARRAY); \
		__uint(map_flags, BPF_F_MMAPABLE); \
		__uint(max_entries, 1);           \
		__type(key, __u32);               \
		__type(value, value_type);        \
	} name SEC(".maps")

#endif
