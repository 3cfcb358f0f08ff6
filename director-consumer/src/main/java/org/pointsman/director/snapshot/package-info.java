/**
 * What a director knows, kept on disk, so that after a restart it steers before Kafka answers.
 *
 * <p>{@link org.pointsman.director.snapshot.SnapshotStore} reads and writes the file; the feed says
 * when, and whether what was read may be gone on from. Knows neither Kafka's clients nor data
 * planes.
 */
@NullMarked
package org.pointsman.director.snapshot;

import org.jspecify.annotations.NullMarked;
