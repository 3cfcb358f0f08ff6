package org.pointsman.model;

/** What a {@link NetworkEvent} says: something about a tunnel, a real server, or the cluster. */
public sealed interface Event permits TunnelEvent, ServerEvent, ClusterEvent {}
