/**
 * One cluster as the log tells it, followed live: for programs that act on what the assigner
 * decides, such as the strongSwan bridge and the IKE probe.
 *
 * <p>{@link org.pointsman.nms.follow.FollowedCluster} is the state and is pure; {@link
 * org.pointsman.nms.follow.ClusterFollower} reads Kafka. Nothing here sends.
 */
@NullMarked
package org.pointsman.nms.follow;

import org.jspecify.annotations.NullMarked;
