/**
 * What a packet is and where it goes: {@link org.pointsman.director.packet.PacketClassifier} reads
 * the bytes of a frame and gives a verdict. It is the contract that every data plane keeps, whether
 * it calls this code or is written in another language.
 *
 * <p>Called by data planes, by the offline {@code steer} command, and (the makers of packets,
 * {@link org.pointsman.director.packet.SamplePackets}) by whoever wants to see every class of
 * packet go through a table.
 *
 * <p>Pure: nothing here sends, counts, logs, or asks a clock; a malformed packet is a verdict and
 * never an exception.
 */
@NullMarked
package org.pointsman.director.packet;

import org.jspecify.annotations.NullMarked;
