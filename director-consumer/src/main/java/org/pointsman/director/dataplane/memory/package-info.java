/**
 * The data plane without a network: for tests, dry runs and the demo, which hand it frames and see
 * what would become of them.
 */
@NullMarked
package org.pointsman.director.dataplane.memory;

import org.jspecify.annotations.NullMarked;
