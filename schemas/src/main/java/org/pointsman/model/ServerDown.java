package org.pointsman.model;

/**
 * A real server does not answer. Its tunnels move at once, and only its tunnels.
 *
 * @param server its name
 */
public record ServerDown(ServerId server) implements ServerEvent {}
