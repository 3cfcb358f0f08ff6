/*
 * Steers the packets of one side of a cluster, as PacketClassifier.java says: the contract of every
 * data plane stands there, with the reasons for it, and XdpProgramIT holds this program to it packet
 * by packet.
 */
#include "lookups.h"
#include <bpf/bpf_endian.h>

/* In the order of Reason.java: what is steered first, misses last. */
enum reason {
	IKE, NAT_TRAVERSAL, ESP, AH, LATER_FRAGMENT, ICMP_ERROR, INNER_DESTINATION,
	NOT_ADDRESSED, GROUP_FRAME, TOO_MANY_TAGS, NOT_IP, MALFORMED, TOO_MANY_HEADERS, CUT_SHORT,
	NOT_VIRTUAL, NOT_IPSEC, ICMP_OTHER, ICMP_NOT_OURS, UNKNOWN_FRAGMENT, LOCAL, NOT_ROUTABLE,
	UNKNOWN_PEER, UNKNOWN_DESTINATION,
	REASONS
};

#define MOST_TAGS 2
#define MOST_EXTENSION_HEADERS 8
#define MISSES_SAMPLED 4096

enum { ETHERNET = 14, TYPE_IPV4 = 0x0800, TYPE_IPV6 = 0x86dd, TYPE_8021Q = 0x8100, TYPE_8021AD = 0x88a8 };
enum { PORT_IKE = 500, PORT_NAT_TRAVERSAL = 4500 };
enum {
	P_HOP_BY_HOP = 0, P_ICMP = 1, P_UDP = 17, P_ROUTING = 43, P_FRAGMENT = 44, P_ESP = 50,
	P_AH = 51, P_ICMPV6 = 58, P_DESTINATION_OPTIONS = 60
};

/* Set by the loader, and constants to the verifier: it leaves out the other side's code. */
const volatile __u32 is_inner = 0;
const volatile __u32 drop_misses = 0;
const volatile __u8 director_mac[8] = {};
const volatile __u8 source_mac[8] = {};

/* Index of the interface on which frames leave; 0: where they came in. The loader may change it. */
__u32 out_interface = 0;

struct server_counters {
	__u64 packets, bytes, unreachable;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, MOST_SERVERS + 1);
	__type(key, __u32);
	__type(value, struct server_counters);
} server_counters SEC(".maps");

struct reason_counters {
	__u64 packets[32]; /* by reason; a power of two, so that a mask bounds it */
};

_Static_assert(REASONS <= 32, "room for every reason");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct reason_counters);
} reason_counters SEC(".maps");

/* Whom a miss was about: of IPv4 the address is in `low`. */
struct missed {
	__u64 high, low, is_v4;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MISSES_SAMPLED);
	__type(key, struct missed);
	__type(value, __u64);
} misses SEC(".maps");

struct packet {
	void *data, *end;
	__u64 length;
	struct missed *missed;
};

/*
 * What a packet is: the reason, and from bit 8 on the server, if there is one. One number for both,
 * since the compiler has every way that a packet can take set all that they have in common.
 */
typedef __u32 classification;

/* The place `at` bytes into the frame; whether something is there, has_bytes says. */
static __always_inline const __u8 *place_at(const struct packet *p, __u64 at)
{
	const __u8 *from = (const __u8 *)p->data + at;

	/* Or the compiler reckons the place anew behind the check, where the verifier cannot follow. */
	asm volatile("" : "+r"(from));
	return from;
}

static __always_inline bool has_bytes(const struct packet *p, const __u8 *from, __u64 count)
{
	return likely((const void *)(from + count) <= p->end);
}

static __always_inline __u16 u16_at(const __u8 *at)
{
	return bpf_ntohs(*(const __u16 *)at);
}

static __always_inline __u32 u32_at(const __u8 *at)
{
	return bpf_ntohl(*(const __u32 *)at);
}

static __always_inline __u64 u64_at(const __u8 *at)
{
	return bpf_be64_to_cpu(*(const __u64 *)at);
}

static __always_inline classification found_v4(const struct packet *p, __u32 server, __u32 address,
					       enum reason if_found, enum reason if_not)
{
	if (likely(server))
		return server << 8 | if_found;
	*p->missed = (struct missed){.low = address, .is_v4 = 1};
	return if_not;
}

static __always_inline classification found_v6(const struct packet *p, __u32 server, __u64 high,
					       __u64 low, enum reason if_found,
					       enum reason if_not)
{
	if (likely(server))
		return server << 8 | if_found;
	*p->missed = (struct missed){.high = high, .low = low};
	return if_not;
}

static __always_inline classification peer_v4(const struct packet *p, __u32 address,
					      enum reason if_found, enum reason if_not)
{
	return found_v4(p, find_outer_v4(address), address, if_found, if_not);
}

static __always_inline classification peer_v6(const struct packet *p, const __u8 *address,
					      enum reason if_found, enum reason if_not)
{
	__u64 high = u64_at(address), low = u64_at(address + 8);

	return found_v6(p, find_outer_v6(high, low), high, low, if_found, if_not);
}

/* ---- outer side ------------------------------------------------------------------------------- */

/* What a packet or first fragment to a virtual address is, by its transport header. */
static __always_inline enum reason transport(const struct packet *p, __u8 protocol, __u64 at,
					     __u64 end, bool more_fragments)
{
	__u64 header = protocol == P_UDP || protocol == P_ESP ? 8 : protocol == P_AH ? 12 : 0;
	const __u8 *udp;
	__u16 length, port;

	if (!header)
		return NOT_IPSEC;
	if (at + header > end)
		return MALFORMED;
	if (protocol == P_ESP)
		return ESP;
	if (protocol == P_AH)
		return AH;
	udp = place_at(p, at);
	if (!has_bytes(p, udp, 8))
		return MALFORMED;
	length = u16_at(udp + 4);
	if (length < 8 || (!more_fragments && at + length > end))
		return MALFORMED;
	port = u16_at(udp + 2);
	return port == PORT_IKE ? IKE : port == PORT_NAT_TRAVERSAL ? NAT_TRAVERSAL : NOT_IPSEC;
}

/* The reason if the tunnel is not known, or NOT_IPSEC: then it is not looked up. */
static __always_inline enum reason later_fragment_missed(__u8 protocol, bool v6)
{
	if (protocol == P_ESP || protocol == P_AH)
		return UNKNOWN_PEER;
	if (protocol == P_UDP || (v6 && protocol == P_DESTINATION_OPTIONS))
		return UNKNOWN_FRAGMENT;
	return NOT_IPSEC;
}

static __always_inline classification icmp_v4(const struct packet *p, __u64 at, __u64 end,
					      __u32 destination)
{
	const __u8 *icmp = place_at(p, at), *quoted;

	if (at + 8 > end || !has_bytes(p, icmp, 8))
		return MALFORMED;
	if (icmp[0] != 3 && icmp[0] != 11 && icmp[0] != 12)
		return ICMP_OTHER;
	quoted = place_at(p, at + 8);
	if (at + 28 > end || !has_bytes(p, quoted, 20) || quoted[0] >> 4 != 4 ||
	    (quoted[0] & 0xf) < 5)
		return MALFORMED;
	if (u32_at(quoted + 12) != destination)
		return ICMP_NOT_OURS;
	return peer_v4(p, u32_at(quoted + 16), ICMP_ERROR, UNKNOWN_PEER);
}

static __always_inline classification outer_ipv4(const struct packet *p, const __u8 *ip,
						 __u64 payload, __u64 end)
{
	__u32 source = u32_at(ip + 12), destination = u32_at(ip + 16);
	__u16 fragment = u16_at(ip + 6);
	__u8 protocol = ip[9];
	enum reason reason, missed = UNKNOWN_PEER;

	if (unlikely(!is_virtual_v4(destination)))
		return NOT_VIRTUAL;
	if (unlikely(fragment & 0x1fff)) {
		missed = later_fragment_missed(protocol, false);
		reason = missed == NOT_IPSEC ? NOT_IPSEC : LATER_FRAGMENT;
	} else if (protocol == P_ICMP) {
		return icmp_v4(p, payload, end, destination);
	} else {
		reason = transport(p, protocol, payload, end, fragment & 0x2000);
	}
	if (unlikely(reason > INNER_DESTINATION))
		return reason;
	return peer_v4(p, source, reason, missed);
}

static __always_inline classification icmp_v6(const struct packet *p, __u64 at, __u64 end,
					      const __u8 *ip)
{
	const __u8 *icmp = place_at(p, at), *quoted;

	if (at + 8 > end || !has_bytes(p, icmp, 8))
		return MALFORMED;
	if (icmp[0] < 1 || icmp[0] > 4)
		return ICMP_OTHER;
	quoted = place_at(p, at + 8);
	if (at + 48 > end || !has_bytes(p, quoted, 40) || quoted[0] >> 4 != 6)
		return MALFORMED;
	if (u64_at(quoted + 8) != u64_at(ip + 24) || u64_at(quoted + 16) != u64_at(ip + 32))
		return ICMP_NOT_OURS;
	return peer_v6(p, quoted + 24, ICMP_ERROR, UNKNOWN_PEER);
}

static __always_inline bool is_extension(__u8 next)
{
	return next == P_HOP_BY_HOP || next == P_ROUTING || next == P_FRAGMENT ||
	       next == P_DESTINATION_OPTIONS;
}

static __always_inline classification outer_ipv6(const struct packet *p, const __u8 *ip, __u64 at,
						 __u64 end)
{
	bool fragmented = false, more_fragments = false;
	enum reason reason, missed = UNKNOWN_PEER;
	__u8 next = ip[6];

	if (!is_own_v6(u64_at(ip + 24), u64_at(ip + 32)))
		return NOT_VIRTUAL;
	for (int headers = 0; is_extension(next); headers++) {
		const __u8 *header = place_at(p, at);
		__u64 length = 8;
		__u16 offset;

		if (headers == MOST_EXTENSION_HEADERS)
			return TOO_MANY_HEADERS;
		if (at + 8 > end || !has_bytes(p, header, 8) ||
		    (next == P_HOP_BY_HOP && headers > 0) || (next == P_FRAGMENT && fragmented))
			return MALFORMED;
		if (next == P_FRAGMENT) {
			offset = u16_at(header + 2);
			fragmented = true;
			more_fragments = offset & 1;
			if (offset & 0xfff8) {
				missed = later_fragment_missed(header[0], true);
				if (missed == NOT_IPSEC)
					return NOT_IPSEC;
				return peer_v6(p, ip + 8, LATER_FRAGMENT, missed);
			}
		} else {
			length = (header[1] + 1) * 8;
		}
		if (at + length > end)
			return MALFORMED;
		next = header[0];
		at += length;
	}
	if (next == P_ICMPV6)
		return icmp_v6(p, at, end, ip);
	reason = transport(p, next, at, end, more_fragments);
	if (unlikely(reason > INNER_DESTINATION))
		return reason;
	return peer_v6(p, ip + 8, reason, missed);
}

/* ---- inner side ------------------------------------------------------------------------------- */

static __always_inline bool is_routable_v4(__u32 address)
{
	return address >> 24 != 0 && address >> 24 != 127 && address >> 28 != 0xe &&
	       address >> 16 != 0xa9fe && address != 0xffffffff;
}

static __always_inline bool is_routable_v6(__u64 high, __u64 low)
{
	return high >> 56 != 0xff && high >> 54 != 0x3fa && (high != 0 || low >> 1 != 0);
}

static __always_inline classification inner_ipv4(const struct packet *p, const __u8 *ip)
{
	__u32 destination = u32_at(ip + 16);

	if (unlikely(is_own_v4(destination)))
		return LOCAL;
	if (unlikely(!is_routable_v4(destination)))
		return NOT_ROUTABLE;
	return found_v4(p, find_inner_v4(destination), destination, INNER_DESTINATION,
			UNKNOWN_DESTINATION);
}

static __always_inline classification inner_ipv6(const struct packet *p, const __u8 *ip)
{
	__u64 high = u64_at(ip + 24), low = u64_at(ip + 32);

	if (is_own_v6(high, low))
		return LOCAL;
	if (!is_routable_v6(high, low))
		return NOT_ROUTABLE;
	return found_v6(p, find_inner_v6(high, low), high, low, INNER_DESTINATION,
			UNKNOWN_DESTINATION);
}

/* ---- both ------------------------------------------------------------------------------------- */

static __always_inline classification ipv4(const struct packet *p, __u64 at)
{
	const __u8 *ip = place_at(p, at);
	__u64 header, end;

	if (!has_bytes(p, ip, 20))
		return MALFORMED;
	header = (ip[0] & 0xf) * 4;
	end = at + u16_at(ip + 2);
	if (unlikely(ip[0] >> 4 != 4 || header < 20 || end > p->length || at + header > end))
		return MALFORMED;
	return is_inner ? inner_ipv4(p, ip) : outer_ipv4(p, ip, at + header, end);
}

static __always_inline classification ipv6(const struct packet *p, __u64 at)
{
	const __u8 *ip = place_at(p, at);
	__u64 end;

	if (!has_bytes(p, ip, 40))
		return MALFORMED;
	end = at + 40 + u16_at(ip + 4);
	if (ip[0] >> 4 != 6 || end > p->length)
		return MALFORMED;
	return is_inner ? inner_ipv6(p, ip) : outer_ipv6(p, ip, at + 40, end);
}

static __always_inline bool is_tag(__u16 type)
{
	return type == TYPE_8021Q || type == TYPE_8021AD;
}

static __always_inline classification classify(const struct packet *p)
{
	const __u8 *ethernet = place_at(p, 0), *tag;
	__u64 at = ETHERNET;
	__u16 type;

	if (!has_bytes(p, ethernet, ETHERNET))
		return MALFORMED;
	if (unlikely(ethernet[0] & 1))
		return GROUP_FRAME;
	if (unlikely(*(const __u32 *)ethernet != *(const volatile __u32 *)director_mac ||
		     *(const __u16 *)(ethernet + 4) != *(const volatile __u16 *)(director_mac + 4)))
		return NOT_ADDRESSED;
	type = u16_at(ethernet + 12);
	for (int tags = 0; unlikely(is_tag(type)); tags++) {
		tag = place_at(p, at);
		if (tags == MOST_TAGS)
			return TOO_MANY_TAGS;
		if (!has_bytes(p, tag, 4))
			return MALFORMED;
		type = u16_at(tag + 2);
		at += 4;
	}
	if (likely(type == TYPE_IPV4))
		return ipv4(p, at);
	if (type == TYPE_IPV6)
		return ipv6(p, at);
	return NOT_IP;
}

static __always_inline int redirect(const struct packet *p, __u32 index)
{
	struct server *server = find_server(index);
	struct server_counters *counters = bpf_map_lookup_elem(&server_counters, &index);
	__u8 *ethernet = p->data;
	__u64 mac;

	if (unlikely(!server || !counters || (void *)(ethernet + ETHERNET) > p->end))
		return XDP_DROP;
	mac = bpf_cpu_to_be64(*(volatile __u64 *)&server->mac << 16);
	if (unlikely(!mac)) {
		counters->unreachable++;
		return XDP_DROP;
	}
	*(__u32 *)ethernet = mac;
	*(__u16 *)(ethernet + 4) = mac >> 32;
	*(__u32 *)(ethernet + 6) = *(const volatile __u32 *)source_mac;
	*(__u16 *)(ethernet + 10) = *(const volatile __u16 *)(source_mac + 4);
	counters->packets++;
	counters->bytes += p->length;
	return out_interface ? bpf_redirect(out_interface, 0) : XDP_TX;
}

static __always_inline int miss(struct missed *key)
{
	__u64 *count = bpf_map_lookup_elem(&misses, key);
	__u64 one = 1;

	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&misses, key, &one, BPF_ANY);
	return drop_misses ? XDP_DROP : XDP_PASS;
}

static __always_inline int steer_frame(void *data, void *end)
{
	struct missed missed = {};
	struct packet p = {.data = data, .end = end, .length = end - data, .missed = &missed};
	classification result;
	__u32 reason, zero = 0;
	struct reason_counters *count;

	/* Or the compiler keeps what is missed in registers, and every way to the end sets them. */
	asm volatile("" : : "r"(&missed) : "memory");
	result = classify(&p);
	count = bpf_map_lookup_elem(&reason_counters, &zero);
	reason = result & 0xff;
	/* The compiler knows that it is in range, the verifier does not: keep the mask. */
	asm volatile("" : "+r"(reason));
	if (count)
		count->packets[reason & 31]++;
	if (likely(reason <= INNER_DESTINATION))
		return redirect(&p, result >> 8);
	return reason >= UNKNOWN_PEER ? miss(&missed) : XDP_PASS;
}

#ifndef WITHOUT_PROGRAM
SEC("xdp")
int steer(struct xdp_md *ctx)
{
	return steer_frame((void *)(long)ctx->data, (void *)(long)ctx->data_end);
}
#endif
