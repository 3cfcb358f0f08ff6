package org.pointsman.nms.barrier;

import java.time.Duration;
import org.pointsman.model.DecisionReason;
import org.pointsman.model.ServerId;

/**
 * The tunnel may speak: every live director steers it to its server.
 *
 * @param server the real server that has it
 * @param reason why it is there
 * @param epoch the decision that put it there
 * @param directors how many directors were live, all of which have applied it
 * @param latency from the call to this answer
 */
public record Steerable(
    ServerId server, DecisionReason reason, long epoch, int directors, Duration latency) {}
