package io.cadastre.journal.store;

import java.nio.charset.StandardCharsets;

/** The fixed names of the `state` family. */
public final class StateKeys {
  /** 8 bytes term, 8 bytes Raft index: the last entry whose effects are in the store. */
  public static final byte[] APPLIED = key("applied");

  /** 8 bytes: the next inode id to hand out. */
  public static final byte[] NEXT_INODE_ID = key("next-inode-id");

  /** UTF-8. */
  public static final byte[] CLUSTER_ID = key("cluster-id");

  /** 8 bytes: the newest kinds of record that may be written. */
  public static final byte[] FORMAT_LEVEL = key("format-level");

  /** 8 bytes. */
  public static final byte[] RECOVERY_EPOCH = key("recovery-epoch");

  /** 8 bytes: state index = this + Raft index. */
  public static final byte[] INDEX_BASE = key("index-base");

  /** 8 bytes, UTC ms: cluster time of the last entry. */
  public static final byte[] CLUSTER_MILLIS = key("cluster-millis");

  /** 8 bytes: stored answers in `operations`. */
  public static final byte[] OPERATION_COUNT = key("operation-count");

  /** 8 bytes: the newest state index that a directory was invalidated at; missing if none was. */
  public static final byte[] INVALIDATED_INDEX = key("invalidated-index");

  /** A serialised StateVerdict: the last one. */
  public static final byte[] VERDICT = key("verdict");

  private StateKeys() {}

  private static byte[] key(String name) {
    return name.getBytes(StandardCharsets.US_ASCII);
  }
}
