/*
 * Lookups in the table that Java writes.
 *
 * Each lookup has two parts. The quick one looks into both buckets and is done if it finds the key.
 * If it does not, the key may have moved between the looks; so the careful one (a function of its
 * own, which the verifier checks once) goes by the section's move counter. It gives up after
 * MOST_TRIES: a writer moves a key within nanoseconds, and a miss is no disaster.
 */
#ifndef POINTSMAN_LOOKUPS_H
#define POINTSMAN_LOOKUPS_H

#include <stdbool.h>
#include "table.h"

#define likely(what) __builtin_expect(!!(what), 1)
#define unlikely(what) __builtin_expect(!!(what), 0)

#define MOST_TRIES 8
#define CHANGED (~0U)

SHARED_ARRAY(header, struct header);
SHARED_ARRAY(servers, struct server);
SHARED_ARRAY(outer_v4, struct v4_bucket);
SHARED_ARRAY(outer_v6, struct bucket);
SHARED_ARRAY(outer_v6_entries, struct v6_entry);
SHARED_ARRAY(inner_v4_spans, struct span);
SHARED_ARRAY(inner_v4_cells, struct cells);
SHARED_ARRAY(inner_v4_groups, struct group);
SHARED_ARRAY(inner_v4_small_groups, struct small_group);
SHARED_ARRAY(inner_v4_narrow_groups, struct narrow_group);
SHARED_ARRAY(inner_v6, struct bucket);
SHARED_ARRAY(inner_v6_entries, struct v6_entry);

/* A second, small table of which only the outer part is used: the virtual addresses on the outer
 * side, the director's own ones on the inner side. */
SHARED_ARRAY(own_header, struct header);
SHARED_ARRAY(own_v4, struct v4_bucket);
SHARED_ARRAY(own_v6, struct bucket);
SHARED_ARRAY(own_v6_entries, struct v6_entry);

static __always_inline __u64 once(const __u64 *at)
{
	return *(const volatile __u64 *)at;
}

/* Loads do not pass it, on any processor: an atomic that gives a value back is a full barrier. */
static __always_inline void barrier_for_loads(void)
{
	__u64 nothing = 0;

	__sync_fetch_and_add(&nothing, 1);
}

static __always_inline __u64 mix(__u32 tag)
{
	__u64 h = tag * 0x9e3779b97f4a7c15ULL;

	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93ULL;
	return h ^ (h >> 32);
}

static __always_inline __u32 v6_tag(__u64 high, __u64 low, __u32 length)
{
	__u64 h = (high ^ length * 0xd6e8feb86659fd93ULL) * 0x9e3779b97f4a7c15ULL;

	h = (h ^ (h >> 32) ^ low) * 0xd6e8feb86659fd93ULL;
	h = (h ^ (h >> 32)) * 0x9e3779b97f4a7c15ULL;
	return h >> 32;
}

struct place {
	__u32 first, second;
};

static __always_inline struct place place_of(__u32 tag, __u64 mask)
{
	__u64 h = mix(tag);
	struct place place = {.first = h & mask};

	place.second = place.first ^ (((__u32)(h >> 32) | 1) & mask);
	return place;
}

static __always_inline struct header *only(void *map)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(map, &zero);
}

/* ---- IPv4 outer addresses --------------------------------------------------------------------- */

#define AT_HOME (1U << 12)
#define AWAY (2U << 12)
#define MOST_SERVERS 4095

/* Of a table, set by the loader: as in its header. */
struct v4_sizes {
	__u32 buckets, tag_shift;
};

const volatile struct v4_sizes outer_v4_sizes SEC(".rodata.sizes") = {};
const volatile struct v4_sizes own_v4_sizes SEC(".rodata.sizes") = {};

struct v4_key {
	__u32 home, other, tag;
};

static __always_inline __u32 v4_other(__u32 home, __u32 tag, __u32 buckets)
{
	__u64 factor = tag * 0x9e3779b9U;
	__u64 other = (factor * buckets >> 32) - home;

	return other + (((__s64)other >> 63) & buckets);
}

static __always_inline __u32 spread(__u32 address)
{
	__u32 h = address;

	h = (h ^ h >> 16) * 0x85ebca6bU;
	h = (h ^ h >> 13) * 0xc2b2ae35U;
	return h ^ h >> 16;
}

static __always_inline struct v4_key v4_key_of(__u32 address, __u32 buckets, __u32 tag_shift)
{
	__u64 product = (__u64)spread(address) * buckets;

	return (struct v4_key){.home = product >> 32, .tag = (__u32)product >> tag_shift};
}

/* The server in a slot that differs from what is wanted in the lower 12 bits only, else 0. */
static __always_inline __u64 server_if(__u64 slot, __u64 wanted)
{
	__u64 differs = slot ^ wanted, is_less = differs - MOST_SERVERS - 1;

	/* Or the compiler makes a branch of it, which the processor cannot foresee. */
	asm volatile("%0 s>>= 63" : "+r"(is_less));
	return differs & is_less;
}

static __always_inline __u32 v4_in(void *buckets, __u32 at, __u32 wanted)
{
	struct v4_bucket *bucket = bpf_map_lookup_elem(buckets, &at);
	__u64 first, second;

	if (!bucket)
		return 0;
	first = once(&bucket->slots[0]);
	second = once(&bucket->slots[1]);
	return server_if(first >> 32, wanted) | server_if((__u32)first, wanted) |
	       server_if(second >> 32, wanted) | server_if((__u32)second, wanted);
}

static __always_inline __u32 v4_carefully(void *buckets, const __u64 *move_count,
					  const struct v4_key *key)
{
	for (int tries = 0; tries < MOST_TRIES; tries++) {
		__u64 moves = once(move_count);

		barrier_for_loads();
		for (int i = 0; i < 3; i++) {
			bool away = i == 1;
			__u32 found = v4_in(buckets, away ? key->other : key->home,
					    key->tag << 14 | (away ? AWAY : AT_HOME));

			if (found)
				return found;
			barrier_for_loads();
		}
		if (once(move_count) == moves)
			return 0;
	}
	return 0;
}

__attribute__((noinline)) int outer_v4_carefully(__u32 home, __u32 other, __u32 tag)
{
	struct v4_key key = {home, other, tag};
	struct header *h = only(&header);

	return h ? v4_carefully(&outer_v4, &h->outer_v4_moves, &key) : 0;
}

__attribute__((noinline)) int own_v4_carefully(__u32 home, __u32 other, __u32 tag)
{
	struct v4_key key = {home, other, tag};
	struct header *h = only(&own_header);

	return h ? v4_carefully(&own_v4, &h->outer_v4_moves, &key) : 0;
}

static __always_inline __u32 find_outer_v4(__u32 address)
{
	struct v4_key key =
		v4_key_of(address, outer_v4_sizes.buckets, outer_v4_sizes.tag_shift);
	__u32 found = v4_in(&outer_v4, key.home, key.tag << 14 | AT_HOME);

	if (found)
		return found;
	key.other = v4_other(key.home, key.tag, outer_v4_sizes.buckets);
	found = v4_in(&outer_v4, key.other, key.tag << 14 | AWAY);
	return found ? found : outer_v4_carefully(key.home, key.other, key.tag);
}

/* Not inlined: few packets need it, and what all need is to stand close together. */
__attribute__((noinline)) int is_in_own_v4(__u32 address)
{
	struct v4_key key = v4_key_of(address, own_v4_sizes.buckets, own_v4_sizes.tag_shift);
	struct header *h = only(&own_header);

	if (v4_in(&own_v4, key.home, key.tag << 14 | AT_HOME))
		return true;
	key.other = v4_other(key.home, key.tag, own_v4_sizes.buckets);
	if (v4_in(&own_v4, key.other, key.tag << 14 | AWAY))
		return true;
	/* Where nothing ever moved, as in sets this small, that is sure. */
	return h && once(&h->outer_v4_moves) && own_v4_carefully(key.home, key.other, key.tag);
}

/*
 * Nearly every packet of an inner director asks, nearly always for nothing, and each for another
 * bucket: so the filter, which stays in the cache, is asked first.
 */
static __always_inline bool is_own_v4(__u32 address)
{
	__u32 bit = spread(address) >> 21;
	struct header *h = only(&own_header);

	return h && unlikely(once(&h->outer_v4_filter[bit >> 6]) >> (bit & 63) & 1) &&
	       is_in_own_v4(address);
}

/*
 * Nearly every packet of an outer director is for one of a few, so these are asked first. Where
 * there are fewer, 0 stands in the header, which is an address, too.
 */
static __always_inline bool is_virtual_v4(__u32 address)
{
	struct header *h = only(&own_header);
	__u64 two, more;

	if (!h)
		return false;
	two = once(&h->outer_v4_few[0]);
	more = once(&h->outer_v4_few[1]);
	if (likely(address && ((__u32)two == address || two >> 32 == address ||
			       (__u32)more == address || more >> 32 == address)))
		return true;
	return is_own_v4(address);
}

/* ---- IPv6 ------------------------------------------------------------------------------------- */

struct v6_key {
	__u64 high, low;
	__u32 length, tag;
};

/* The server, 0, or CHANGED if the slot did so under our eyes. */
static __always_inline __u32 v6_in(void *buckets, void *entries, __u32 at,
				   const struct v6_key *key)
{
	struct bucket *bucket = bpf_map_lookup_elem(buckets, &at);

	if (!bucket)
		return 0;
#pragma unroll
	for (int i = 0; i < 4; i++) {
		__u64 slot = once(&bucket->slot[i]);
		__u32 number = slot;
		struct v6_entry *entry;
		__u32 server;

		if (slot >> 32 != key->tag || !slot)
			continue;
		entry = bpf_map_lookup_elem(entries, &number);
		if (!entry || entry->high != key->high || entry->low != key->low ||
		    entry->length != key->length)
			continue;
		server = *(volatile __u32 *)&entry->server;
		return once(&bucket->slot[i]) == slot ? server : CHANGED;
	}
	return 0;
}

static __always_inline __u32 find_v6(void *buckets, void *entries, __u64 mask, const __u64 *moves,
				     const struct v6_key *key)
{
	struct place place = place_of(key->tag, mask);
	__u32 looks[3] = {place.first, place.second, place.first};

	for (int tries = 0; tries < MOST_TRIES; tries++) {
		__u64 before = once(moves);
		__u32 found = 0;

		barrier_for_loads();
		for (int i = 0; i < 3 && !found; i++) {
			found = v6_in(buckets, entries, looks[i], key);
			barrier_for_loads();
		}
		if (found && found != CHANGED)
			return found;
		if (!found && once(moves) == before)
			return 0;
	}
	return 0;
}

__attribute__((noinline)) int find_outer_v6(__u64 high, __u64 low)
{
	struct v6_key key = {high, low, 128, v6_tag(high, low, 128)};
	struct header *h = only(&header);

	if (!h)
		return 0;
	return find_v6(&outer_v6, &outer_v6_entries, h->outer_v6_mask, &h->outer_v6_moves, &key);
}

__attribute__((noinline)) int is_own_v6(__u64 high, __u64 low)
{
	struct v6_key key = {high, low, 128, v6_tag(high, low, 128)};
	struct header *h = only(&own_header);

	if (!h)
		return 0;
	return find_v6(&own_v6, &own_v6_entries, h->outer_v6_mask, &h->outer_v6_moves, &key);
}

/* The server of the prefix of this length that holds the address. */
__attribute__((noinline)) int find_inner_prefix(__u64 high, __u64 low, __u32 length)
{
	__u64 high_mask = length >= 64 ? ~0ULL : length == 0 ? 0 : ~0ULL << ((64 - length) & 63);
	__u64 low_mask = length >= 128 ? ~0ULL : length <= 64 ? 0 : ~0ULL << ((128 - length) & 63);
	struct v6_key key = {high & high_mask, low & low_mask, length, 0};
	struct header *h = only(&header);

	if (!h)
		return 0;
	key.tag = v6_tag(key.high, key.low, length);
	return find_v6(&inner_v6, &inner_v6_entries, h->inner_v6_mask, &h->inner_v6_moves, &key);
}

/* Not inlined, or the verifier follows every bit of it in every turn of the loop that calls it. */
__attribute__((noinline)) int highest_bit(__u64 word)
{
	int bit = 0;

	for (int half = 32; half > 0; half /= 2) {
		if (word >> half) {
			bit += half;
			word >>= half;
		}
	}
	return bit;
}

static __always_inline __u32 longest_of(__u64 lengths, __u32 first, __u64 high, __u64 low)
{
	for (int i = 0; i < 64 && lengths; i++) {
		__u32 bit = highest_bit(lengths);
		__u32 server = find_inner_prefix(high, low, first + bit);

		if (server)
			return server;
		lengths &= ~(1ULL << (bit & 63));
	}
	return 0;
}

/* The longest prefix: a hash lookup for each length in use, the longest first. */
__attribute__((noinline)) int find_inner_v6(__u64 high, __u64 low)
{
	struct header *h = only(&header);
	__u32 server;

	if (!h)
		return 0;
	server = longest_of(once(&h->inner_v6_lengths[2]), 128, high, low);
	if (!server)
		server = longest_of(once(&h->inner_v6_lengths[1]), 64, high, low);
	if (!server)
		server = longest_of(once(&h->inner_v6_lengths[0]), 0, high, low);
	return server;
}

/* ---- IPv4 inner prefixes: compressed DIR-24-8 ------------------------------------------------- */

static __always_inline __u32 bits_set(__u32 word)
{
	word -= word >> 1 & 0x55555555;
	word = (word & 0x33333333) + (word >> 2 & 0x33333333);
	return ((word + (word >> 4)) & 0x0f0f0f0f) * 0x01010101 >> 24;
}

static __always_inline __u32 base_cell(__u32 address)
{
	__u32 span = address >> 13, block = address >> 8 & 31, number, line;
	struct span *at = bpf_map_lookup_elem(&inner_v4_spans, &span);
	__u64 bitmap_and_first;
	__u32 bitmap, below;
	struct cells *cells;

	if (!at)
		return 0;
	bitmap_and_first = once(&at->bitmap_and_first);
	bitmap = bitmap_and_first;
	/* All bits if it has no cell of its own. */
	below = ((1U << block) - 1) | ((bitmap >> block & 1) - 1);
	number = bitmap_and_first >> 32;
	/* Foreseen, so that what comes next need not wait for the count. */
	number += bitmap == ~0U ? block : bits_set(bitmap & below);
	/* The span says itself what its cells are. */
	if (number >> 31)
		return bitmap >> block & 1 ? number : 0;
	line = number >> 4;
	cells = bpf_map_lookup_elem(&inner_v4_cells, &line);
	return cells ? *(volatile __u32 *)&cells->cell[number & 15] : 0;
}

static __always_inline __u32 find_inner_v4(__u32 address)
{
	__u32 cell = base_cell(address), number = cell & 0xffffff;
	struct narrow_group *narrow;
	struct small_group *small;
	struct group *group;

	/* Most often it is one: a range that was cut up into subnets of one length. */
	if (likely(cell >> 29 == 7)) {
		narrow = bpf_map_lookup_elem(&inner_v4_narrow_groups, &number);
		return narrow ? *(volatile __u8 *)&narrow->server[address >> 4 & 15] : 0;
	}
	if (!(cell >> 31)) {
		__u32 mask = 0xff00 >> (cell >> 20 & 15) & 0xff;

		return (cell >> 12 ^ address) & mask ? 0 : cell & MOST_SERVERS;
	}
	if (!(cell >> 30 & 1)) {
		group = bpf_map_lookup_elem(&inner_v4_groups, &number);
		return group ? *(volatile __u16 *)&group->cell[address & 0xff] & MOST_SERVERS : 0;
	}
	small = bpf_map_lookup_elem(&inner_v4_small_groups, &number);
	return small ? *(volatile __u16 *)&small->cell[address >> 4 & 15] & MOST_SERVERS : 0;
}

static __always_inline struct server *find_server(__u32 index)
{
	return bpf_map_lookup_elem(&servers, &index);
}

#endif
