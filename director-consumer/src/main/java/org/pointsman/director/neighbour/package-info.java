/**
 * Which Ethernet address a real server has, where the log gives only its IP address: {@link
 * org.pointsman.director.neighbour.ResolvingDataPlane} stands before any data plane and fills in
 * what a {@link org.pointsman.director.neighbour.NeighbourResolver} has learned. On Linux that is
 * the kernel, which speaks ARP and neighbour discovery; this package only asks it, over netlink.
 *
 * <p>Called by the director, which puts the two together. Nothing here knows Kafka, packets, or a
 * particular data plane.
 */
@NullMarked
package org.pointsman.director.neighbour;

import org.jspecify.annotations.NullMarked;
