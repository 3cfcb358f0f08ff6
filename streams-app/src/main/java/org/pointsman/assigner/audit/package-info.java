/**
 * The audit: what the record says, and whether it can be believed.
 *
 * <p>{@link Verification} folds the decisions once and holds every other trace of them against the
 * fold; {@link Redecision} asks the engine what it would decide today; {@link AddressHistory}
 * answers who had an address. All of it is arithmetic over records that somebody else has read: it
 * knows neither Kafka nor a clock. The commands that read the topics are in {@code audit.command}.
 */
@NullMarked
package org.pointsman.assigner.audit;

import org.jspecify.annotations.NullMarked;
