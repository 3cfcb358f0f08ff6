package org.pointsman.model;

/** Which packets a director sees. */
public enum Side {
  /** Encrypted ones from the peers; it knows their outer source address. */
  OUTER,
  /** Clear ones from the target subnets; it knows their destination. */
  INNER
}
