/**
 * The two servers that a Pointsman deployment needs beside itself, run inside this process: Kafka's
 * own broker ({@link org.pointsman.quickstart.embedded.EmbeddedBroker}) and a schema registry that
 * speaks Confluent's REST API ({@link org.pointsman.quickstart.embedded.EmbeddedRegistry}).
 *
 * <p>For trying Pointsman out and for tests, on loopback only, without passwords. The rest of
 * Pointsman reaches both as it reaches any Kafka and any registry, by address, and must not import
 * anything from here.
 */
@NullMarked
package org.pointsman.quickstart.embedded;

import org.jspecify.annotations.NullMarked;
