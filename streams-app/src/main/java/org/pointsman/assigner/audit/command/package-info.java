/**
 * {@code pointsman audit}: reads the topics and hands them to the audit. Read-only, from anywhere
 * that reaches the brokers.
 */
@NullMarked
package org.pointsman.assigner.audit.command;

import org.jspecify.annotations.NullMarked;
