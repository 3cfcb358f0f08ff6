/**
 * The one command {@code pointsman}: every part's commands, and the demo that runs all parts in one
 * process. Nothing depends on it.
 */
@NullMarked
package org.pointsman.quickstart;

import org.jspecify.annotations.NullMarked;
