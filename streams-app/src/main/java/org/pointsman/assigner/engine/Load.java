package org.pointsman.assigner.engine;

/**
 * What a real server has to carry.
 *
 * @param tunnels how many tunnels it has
 * @param bitsPerSecond their expected traffic together; the greatest long if it is more than that
 */
public record Load(int tunnels, long bitsPerSecond) {}
