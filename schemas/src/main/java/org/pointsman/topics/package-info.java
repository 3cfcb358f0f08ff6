/**
 * The topics of a deployment: their names, keys, values, retention, and the command that makes
 * them.
 */
@NullMarked
package org.pointsman.topics;

import org.jspecify.annotations.NullMarked;
