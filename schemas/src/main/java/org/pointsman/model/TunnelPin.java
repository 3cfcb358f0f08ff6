package org.pointsman.model;

/**
 * The operator puts a tunnel, and those that share an outer address with it, on one real server.
 *
 * @param tunnel its name
 * @param server where it goes and stays until unpinned, or until that server is down
 */
public record TunnelPin(TunnelId tunnel, ServerId server) implements TunnelEvent {}
