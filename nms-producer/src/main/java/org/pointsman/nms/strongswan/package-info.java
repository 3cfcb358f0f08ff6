/**
 * The bridge between a gateway's strongSwan and the log: what charon does becomes tunnel events,
 * and a tunnel that moves here is taken over.
 *
 * <p>{@link org.pointsman.nms.strongswan.BridgeCore} decides and is pure: what happened and the
 * time go in, what to do comes out. {@link org.pointsman.nms.strongswan.Bridge} runs it between
 * charon and Kafka, one beside each gateway. Nothing here places tunnels: that is the assigner's
 * business.
 */
@NullMarked
package org.pointsman.nms.strongswan;

import org.jspecify.annotations.NullMarked;
