package io.cadastre.ufs.testing;

/** The requests of a store, as faults are aimed at and requests are counted. */
public enum StoreOperation {
  IDENTITY,
  STATUS,
  /** Opening a listing. */
  LIST,
  /** One page of a listing. */
  PAGE,
  /** Opening a flat listing, or asking where to cut one. */
  LIST_FLAT,
  /** One page of a flat listing. */
  FLAT_PAGE,
  CREATE_DIRECTORY,
  CREATE_FILE,
  DELETE,
  DELETE_RECURSIVE,
  RENAME,
  SET_ATTRIBUTES
}
