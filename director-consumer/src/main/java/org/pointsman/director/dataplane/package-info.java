/**
 * Where packets are steered: {@link org.pointsman.director.dataplane.DataPlane} is the port, with
 * one package below this one for each kind of data plane.
 *
 * <p>The director calls the port's verbs with the entries that follow from the log. A data plane
 * keeps what it was told and steers by the contract of {@link
 * org.pointsman.director.packet.PacketClassifier}. It knows nothing of Kafka, nor of tunnels: only
 * of addresses, prefixes and servers by index.
 */
@NullMarked
package org.pointsman.director.dataplane;

import org.jspecify.annotations.NullMarked;
