package org.pointsman.nms;

/**
 * The log has the event: written to all in-sync replicas.
 *
 * @param eventId the event's id
 * @param partition the partition of the events topic that it stands in: its cluster's
 * @param offset its offset there
 */
public record Acknowledgement(String eventId, int partition, long offset) {}
