package io.cadastre.journal.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Every key of the store is built and taken apart here, and nowhere else. Numbers are 8 bytes,
 * big-endian, so that keys order as numbers do; names are UTF-8, so that a directory's entries
 * order as stores list them.
 *
 * <pre>
 * family      key                          value
 * children    parent id, name              InodeRow. The root: parent id 0, empty name
 * directories inode id                     DirectoryRow: the way up, and indexes of structural changes
 * mounts      mount id                     PutMount
 * policies    path, UTF-8                  PutPolicy
 * sync        directory id                 SyncRow: marks CHILDREN and ALL, invalidation
 * operations  client, sequence             OperationAnswer
 *             client, 2^64-1               8 bytes: sequences below are answered and gone; 8 bytes: cluster time of that
 * intents     client, sequence             OpenIntent
 * detached    directory id                 8 bytes: state index at which it was detached
 * tasks       task id                      PutTask
 * state       fixed names, see StateKeys   positions and counters
 * </pre>
 */
public final class KeyLayout {
  /** The sequence under which a client's watermark lies; no operation has it. */
  public static final long WATERMARK = -1L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private KeyLayout() {}

  /** Key of a directory entry. */
  public static byte[] child(long parentId, byte[] name) {
    byte[] key = new byte[8 + name.length];
    LONG.set(key, 0, parentId);
    System.arraycopy(name, 0, key, 8, name.length);
    return key;
  }

  /** Key of a directory entry. */
  public static byte[] child(long parentId, String name) {
    return child(parentId, name.getBytes(StandardCharsets.UTF_8));
  }

  /** First key of a directory's entries. */
  public static byte[] firstChild(long parentId) {
    return id(parentId);
  }

  /** First key behind a directory's entries. */
  public static byte[] afterChildren(long parentId) {
    return id(parentId + 1);
  }

  /** First key behind this one. */
  public static byte[] after(byte[] key) {
    return Arrays.copyOf(key, key.length + 1);
  }

  public static long parentOf(byte[] childKey) {
    return (long) LONG.get(childKey, 0);
  }

  public static byte[] nameBytesOf(byte[] childKey) {
    return Arrays.copyOfRange(childKey, 8, childKey.length);
  }

  public static String nameOf(byte[] childKey) {
    return new String(childKey, 8, childKey.length - 8, StandardCharsets.UTF_8);
  }

  /** A stored name as text. */
  public static String text(byte[] name) {
    return new String(name, StandardCharsets.UTF_8);
  }

  /** Key made of one number: a directory, a mount, a detached subtree, a task. */
  public static byte[] id(long id) {
    byte[] key = new byte[8];
    LONG.set(key, 0, id);
    return key;
  }

  public static long idOf(byte[] key) {
    return (long) LONG.get(key, 0);
  }

  public static byte[] policy(String path) {
    return path.getBytes(StandardCharsets.UTF_8);
  }

  public static String policyPathOf(byte[] key) {
    return new String(key, StandardCharsets.UTF_8);
  }

  /**
   * Key of an operation's answer, of an intent, or with {@link #WATERMARK} of a client's watermark.
   */
  public static byte[] operation(long client, long sequence) {
    byte[] key = new byte[16];
    LONG.set(key, 0, client);
    LONG.set(key, 8, sequence);
    return key;
  }

  public static long clientOf(byte[] operationKey) {
    return (long) LONG.get(operationKey, 0);
  }

  public static long sequenceOf(byte[] operationKey) {
    return (long) LONG.get(operationKey, 8);
  }
}
