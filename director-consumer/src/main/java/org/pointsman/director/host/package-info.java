/**
 * What the host that a director runs on has and keeps: {@code director check} says which data
 * planes work here and what is missing for the others, {@code director detach} removes what a data
 * plane left in the kernel.
 *
 * <p>Called from the command line. Checking changes nothing on the host.
 */
@NullMarked
package org.pointsman.director.host;

import org.jspecify.annotations.NullMarked;
