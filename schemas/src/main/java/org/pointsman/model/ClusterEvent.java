package org.pointsman.model;

/** An event about the cluster as a whole. */
public sealed interface ClusterEvent extends Event permits ClusterConfigure, ClusterRebalance {}
