package org.pointsman.model;

/**
 * The operator takes a real server out of the cluster.
 *
 * @param server its name
 * @param flush move its tunnels first; without it the removal is refused while it has any
 */
public record ServerRemove(ServerId server, boolean flush) implements ServerEvent {}
