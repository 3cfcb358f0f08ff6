package org.pointsman.model;

/**
 * A tunnel is gone for good and is released at once.
 *
 * @param tunnel its name
 */
public record TunnelWithdraw(TunnelId tunnel) implements TunnelEvent {}
