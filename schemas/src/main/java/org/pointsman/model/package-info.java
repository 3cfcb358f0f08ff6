/**
 * What Pointsman talks about: clusters, real servers, tunnels, the events that change them and the
 * records that the log keeps.
 *
 * <p>Every module uses these values; only {@code org.pointsman.codec} knows how they become bytes.
 * Everything here is immutable and checks itself when it is made, so a value that exists is a valid
 * one. Nothing here reads a clock, a network or a file.
 */
@NullMarked
package org.pointsman.model;

import org.jspecify.annotations.NullMarked;
