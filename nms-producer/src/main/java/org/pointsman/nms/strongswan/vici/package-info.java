/**
 * strongSwan's VICI protocol: what charon and its tools speak over a socket of their own.
 *
 * <p>{@link org.pointsman.nms.strongswan.vici.ViciMessages} and {@link
 * org.pointsman.nms.strongswan.vici.ViciPacket} turn bytes into values and back, without any input
 * or output; {@link org.pointsman.nms.strongswan.vici.ViciConnection} talks to a charon. What the
 * messages mean is the caller's business.
 *
 * <p>Source: strongSwan's {@code src/libcharon/plugins/vici/README.md}.
 */
@NullMarked
package org.pointsman.nms.strongswan.vici;

import org.jspecify.annotations.NullMarked;
