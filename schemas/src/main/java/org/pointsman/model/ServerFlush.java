package org.pointsman.model;

/**
 * The operator empties a real server now: it drains, and its tunnels move, up ones too.
 *
 * @param server its name
 */
public record ServerFlush(ServerId server) implements ServerEvent {}
