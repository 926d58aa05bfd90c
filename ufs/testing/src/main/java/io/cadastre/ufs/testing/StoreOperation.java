package io.cadastre.ufs.testing;

/** The requests of a store, as faults are aimed at and requests are counted. */
public enum StoreOperation {
  IDENTITY,
  STATUS,
  /** Opening a listing. */
  LIST,
  /** One page of a listing. */
  PAGE,
  CREATE_DIRECTORY,
  CREATE_FILE,
  DELETE,
  DELETE_RECURSIVE,
  RENAME,
  SET_ATTRIBUTES
}
