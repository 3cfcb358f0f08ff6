/**
 * The data plane on libpcap: reads the frames of an interface and sends them on, wherever libpcap
 * runs. The only package, besides the offline {@code steer} command, that knows pcap4j.
 */
@NullMarked
package org.pointsman.director.dataplane.pcap;

import org.jspecify.annotations.NullMarked;
