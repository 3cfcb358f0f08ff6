package org.pointsman.model;

/**
 * A real server answers again. Nothing moves back by itself.
 *
 * @param server its name
 */
public record ServerUp(ServerId server) implements ServerEvent {}
