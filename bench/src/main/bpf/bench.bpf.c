/*
 * The steering program with a choice of lookups, and what else the benchmarks need in the kernel: a
 * generator and a sink. Only the lookups of IPv4 differ; what parses, counts and rewrites is the
 * director's own code, the same in all.
 */
#define WITHOUT_PROGRAM
#define find_outer_v4 table_outer_v4
#define find_inner_v4 table_inner_v4
#include "lookups.h"
#undef find_outer_v4
#undef find_inner_v4

enum { TABLE, KERNEL, NONE };

#define SERVERS 64 /* as in XdpLookupBenchmark.java */

/* Sections of their own: the loader knows the places in the others. */
const volatile __u32 lookups SEC(".rodata.bench") = TABLE;
const volatile __u32 addresses_mask SEC(".rodata.bench") = 0;
const volatile __u32 generate_to SEC(".rodata.bench") = 0;
const volatile __u32 header_sum SEC(".rodata.bench") = 0;
const volatile __u32 pattern SEC(".rodata.bench") = 0;
const volatile __u32 tunnels SEC(".rodata.bench") = 1;
__u32 next_address SEC(".data.bench") = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} kernel_hash SEC(".maps");

struct prefix {
	__u32 length, address;
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct prefix);
	__type(value, __u32);
} kernel_trie SEC(".maps");

/* What the generator sends, in network order; a power of two of them. */
SHARED_ARRAY(addresses, struct cells);

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} arrived SEC(".maps");

/* One for each packet, as a lookup gives one, so that what depends on it is as far away. */
static __always_inline __u32 any_server(__u32 address)
{
	return 1 + (address >> 4) % SERVERS;
}

static __always_inline __u32 find_outer_v4(__u32 address)
{
	__u32 *server;

	if (lookups == TABLE)
		return table_outer_v4(address);
	if (lookups == NONE)
		return any_server(address);
	server = bpf_map_lookup_elem(&kernel_hash, &address);
	return server ? *server : 0;
}

static __always_inline __u32 find_inner_v4(__u32 address)
{
	struct prefix prefix = {.length = 32, .address = __builtin_bswap32(address)};
	__u32 *server;

	if (lookups == TABLE)
		return table_inner_v4(address);
	if (lookups == NONE)
		return any_server(address);
	server = bpf_map_lookup_elem(&kernel_trie, &prefix);
	return server ? *server : 0;
}

#include "steer.bpf.c"

enum { V4_TIME_TO_LIVE = 22, V4_CHECKSUM = 24, V4_SOURCE = 26, V4_DESTINATION = 30, HEADERS = 34 };

enum { OUTER_RANDOM, INNER_BLOCK, INNER_SCATTERED };

/* The address of a tunnel, as Pattern.java has it; reckoned, so that it costs no memory access. */
static __always_inline __u32 address_of(__u32 tunnel, __u32 random)
{
	__u32 h = tunnel * 0x9e3779b1U;

	if (pattern == INNER_BLOCK)
		return 0x0a000000 + (tunnel << 4 | (random & 15));
	if (pattern == INNER_SCATTERED)
		return (0x0b0000 + (h & 0x3fffff)) << 8 | (random & 15);
	h = (h ^ h >> 15) * 0x2c1b3c6dU;
	return h ^ h >> 12;
}

/* Makes the frame one of a tunnel drawn at random. */
static __always_inline int draw(void *data, void *end)
{
	__u32 random = next_address * 1664525 + 1013904223;
	__u32 tunnel = (__u64)random * tunnels >> 32;

	next_address = random;
	if (data + HEADERS > end)
		return -1;
	*(__u32 *)data = *(const volatile __u32 *)director_mac;
	*(__u16 *)(data + 4) = *(const volatile __u16 *)(director_mac + 4);
	*(__u32 *)(data + (is_inner ? V4_DESTINATION : V4_SOURCE)) =
		bpf_htonl(address_of(tunnel, random >> 4));
	return 0;
}

/* Makes the frame one for the director from, or to, the next address. */
static __always_inline int renew(void *data, void *end)
{
	__u32 sum;
	__u32 number = next_address++ & addresses_mask, line = number / 16;
	struct cells *cells = bpf_map_lookup_elem(&addresses, &line);

	if (!cells || data + HEADERS > end)
		return -1;
	*(__u32 *)data = *(const volatile __u32 *)director_mac;
	*(__u16 *)(data + 4) = *(const volatile __u16 *)(director_mac + 4);
	*(__u32 *)(data + (is_inner ? V4_DESTINATION : V4_SOURCE)) = cells->cell[number & 15];
	/* Who forwards the frame changes more of it, and looks at the checksum. */
	sum = header_sum + (cells->cell[number & 15] & 0xffff) + (cells->cell[number & 15] >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	*(__u8 *)(data + V4_TIME_TO_LIVE) = 64;
	*(__u16 *)(data + V4_CHECKSUM) = ~sum;
	return 0;
}

/* Steers the same frame again and again, each time with the address of another tunnel. */
SEC("xdp")
int steer_next(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (draw(data, end))
		return XDP_ABORTED;
	return steer_frame(data, end);
}

/* Does nothing: what a test run costs beside the program that it runs. */
SEC("xdp")
int nothing(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_TX;
}

/* Steers what comes. */
SEC("xdp")
int steer(struct xdp_md *ctx)
{
	return steer_frame((void *)(long)ctx->data, (void *)(long)ctx->data_end);
}

/* Sends the frame with the next address out of an interface. */
SEC("xdp")
int generate(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (renew(data, end))
		return XDP_ABORTED;
	return bpf_redirect(generate_to, 0);
}

/* Counts and drops. */
SEC("xdp")
int sink(struct xdp_md *ctx)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&arrived, &zero);

	(void)ctx;
	if (count)
		++*count;
	return XDP_DROP;
}
