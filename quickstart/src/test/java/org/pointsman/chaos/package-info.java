/**
 * Fault tests: every part of Pointsman in a process of its own, and what may befall it. Each prints
 * what was lost, which must be nothing; {@code docs/faults.md} tells what was tried and what
 * happens.
 */
@NullMarked
package org.pointsman.chaos;

import org.jspecify.annotations.NullMarked;
