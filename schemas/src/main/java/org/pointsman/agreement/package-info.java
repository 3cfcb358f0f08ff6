/**
 * Whether the assigner and all directors hold the same: what the {@code directors} and {@code
 * assigners} topics tell, compared.
 */
@NullMarked
package org.pointsman.agreement;

import org.jspecify.annotations.NullMarked;
