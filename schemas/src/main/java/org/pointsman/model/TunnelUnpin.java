package org.pointsman.model;

/**
 * The operator lets the policy place a tunnel again; it stays where it is until something moves it.
 *
 * @param tunnel its name
 */
public record TunnelUnpin(TunnelId tunnel) implements TunnelEvent {}
