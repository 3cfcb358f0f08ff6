/**
 * The lab: a gateway cluster in network namespaces of this host, with real strongSwan gateways and
 * peers, and all of Pointsman between them. For whoever wants to see it work, and for the
 * end-to-end test.
 *
 * <p>{@link org.pointsman.lab.LabPlan} says who is where; {@link org.pointsman.lab.LabNetwork}
 * makes and removes the namespaces; {@link org.pointsman.lab.Charon} is one strongSwan; {@link
 * org.pointsman.lab.Lab} is all of it. Needs root, iproute2, ethtool and strongSwan. Nothing
 * outside its own namespaces is touched.
 */
@NullMarked
package org.pointsman.lab;

import org.jspecify.annotations.NullMarked;
