/**
 * The engine on Kafka Streams: events in; assignments, decisions and rejections out, in one
 * transaction with the state that they leave behind. Decides nothing itself.
 */
@NullMarked
package org.pointsman.assigner.topology;

import org.jspecify.annotations.NullMarked;
