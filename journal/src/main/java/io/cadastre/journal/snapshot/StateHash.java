package io.cadastre.journal.snapshot;

import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.RowCursor;
import io.cadastre.journal.store.RowReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes two replicas the same: SHA-256 over (family name, key, value) of every row, each
 * prefixed by its length in 4 bytes, in the order of the families and of their keys. The family
 * `state` is left out: it holds positions, not content. The definition never changes, since hashes
 * are recorded in backups and in test data.
 *
 * @param hash hexadecimal, lower case
 * @param rows rows that went into it
 */
public record StateHash(String hash, long rows) {
  private static final byte[] FIRST = new byte[0];

  /** Reads every row; takes about a second per million of them. */
  public static StateHash of(RowReader reader) {
    MessageDigest digest = sha256();
    ByteBuffer length = ByteBuffer.allocate(4);
    long rows = 0;
    for (Family family : Family.values()) {
      if (family == Family.STATE) {
        continue;
      }
      byte[] name = family.storedName().getBytes(StandardCharsets.UTF_8);
      try (RowCursor cursor = reader.scan(family, FIRST, null)) {
        for (; cursor.valid(); cursor.next()) {
          add(digest, length, name);
          add(digest, length, cursor.key());
          add(digest, length, cursor.value());
          rows++;
        }
      }
    }
    return new StateHash(HexFormat.of().formatHex(digest.digest()), rows);
  }

  private static void add(MessageDigest digest, ByteBuffer length, byte[] bytes) {
    digest.update(length.clear().putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
