/**
 * The data plane in the kernel's nftables: a chain at the ingress of an interface looks addresses
 * up in maps and forwards frames to servers; the director keeps the maps as they should be.
 *
 * <p>{@code Ruleset} is the program as text, given once to libnftables; everything that changes are
 * elements of its maps, sent by libnftnl and libmnl in transactions. The three libraries are called
 * through the foreign-function API, by this package only.
 */
@NullMarked
package org.pointsman.director.dataplane.nftables;

import org.jspecify.annotations.NullMarked;
