package org.pointsman.assigner.audit;

import java.util.List;

/**
 * What a verification came to.
 *
 * @param clusters how many clusters have decisions
 * @param decisions how many decisions were folded
 * @param events how many events were read
 * @param rejections how many rejections were read
 * @param assignments how many entities {@code assignments} holds
 * @param directors how many tables of directors are what the decisions lead to
 * @param undecided events after the last outcome: the assigner has yet to decide on them
 * @param notVerifiable events so old that their rejections, if that is what became of them, are no
 *     longer kept
 * @param unreadableEvents records in {@code events} that are none; each has its rejection
 * @param findings what is wrong, by cluster and epoch; the first {@link Verification#MOST_TOLD}
 * @param wrong how many findings there were
 */
public record Report(
    int clusters,
    long decisions,
    long events,
    long rejections,
    long assignments,
    int directors,
    long undecided,
    long notVerifiable,
    long unreadableEvents,
    List<Finding> findings,
    long wrong) {
  public Report {
    findings = List.copyOf(findings);
  }

  public boolean isClean() {
    return wrong == 0;
  }
}
