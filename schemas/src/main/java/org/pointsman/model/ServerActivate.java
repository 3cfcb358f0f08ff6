package org.pointsman.model;

/**
 * The operator ends a drain: the server takes new tunnels again.
 *
 * @param server its name
 */
public record ServerActivate(ServerId server) implements ServerEvent {}
