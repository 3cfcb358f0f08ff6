/**
 * Follows the {@code assignments} topic and keeps a data plane in step with it.
 *
 * <p>{@link org.pointsman.director.feed.AssignmentFeed} reads the cluster's partition, {@link
 * org.pointsman.director.feed.Reconciler} makes its records stand in a data plane. The director
 * puts the two together.
 *
 * <p>Nothing that goes wrong here stops the steering:
 *
 * <table>
 * <caption>Failures and what follows</caption>
 * <tr><th>what</th><th>consequence</th></tr>
 * <tr><td>a record that cannot be read</td><td>counted and skipped, logged with topic, partition
 * and offset; what was known of its key stays</td></tr>
 * <tr><td>the schema registry is away</td><td>the same record is tried again until it can be read;
 * those before it count</td></tr>
 * <tr><td>the broker is away</td><td>the table grows old, and the status says how old</td></tr>
 * <tr><td>the topic is not there</td><td>waited for</td></tr>
 * <tr><td>the topic was made anew, or its beginning is lost</td><td>the table is read anew, and
 * what is not there any more is removed</td></tr>
 * <tr><td>an entry for which the data plane has no room</td><td>its packets are misses; logged, and
 * tried again when something else goes</td></tr>
 * </table>
 */
@NullMarked
package org.pointsman.director.feed;

import org.jspecify.annotations.NullMarked;
