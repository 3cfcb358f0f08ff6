package org.pointsman.model;

import org.jspecify.annotations.Nullable;

/**
 * A tunnel is no longer established.
 *
 * @param tunnel its name
 * @param server the server that reports it, or null if the reporter cannot tell; a report from
 *     another server than the assigned one does not end the tunnel
 */
public record TunnelDown(TunnelId tunnel, @Nullable ServerId server) implements TunnelEvent {}
