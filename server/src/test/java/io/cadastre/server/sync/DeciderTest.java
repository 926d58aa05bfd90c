package io.cadastre.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.cadastre.core.inode.InodeRow;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.ufs.spi.UfsStatus;
import org.junit.jupiter.api.Test;

/** What a store can hold is compared; what it cannot is the namespace's own. */
class DeciderTest {
  private static final Decider.Holds ALL = new Decider.Holds(true, true);
  private static final Decider.Holds NOTHING = new Decider.Holds(false, false);
  private static final InodeBody KNOWN =
      InodeBody.newBuilder()
          .setId(7)
          .setKind(InodeKind.FILE)
          .setSize(10)
          .setMode(0600)
          .setOwner("alice")
          .setGroup("staff")
          .setFingerprint("etag")
          .build();
  private static final byte[] ROW = InodeRow.encode(1_000, 1_000, KNOWN);

  private static UfsStatus status(long size, long mtime, String owner, int mode, String print) {
    return new UfsStatus("f", UfsStatus.Kind.FILE, size, mtime, owner, "", mode, print, "");
  }

  private static boolean differs(UfsStatus status, Decider.Holds holds) {
    return Decider.inBoth(status, ROW, false, holds).isPresent();
  }

  @Test
  void modeOwnerAndTimeCountOnlyWhereTheStoreHoldsThem() {
    assertThat(differs(status(10, 1_000, "", 0600, "etag"), ALL)).isFalse();
    assertThat(differs(status(10, 1_000, "", 0644, "etag"), ALL)).isTrue();
    assertThat(differs(status(10, 1_000, "bob", 0600, "etag"), ALL)).isTrue();
    assertThat(differs(status(10, 2_000, "", 0600, "etag"), ALL)).isTrue();
    assertThat(differs(status(10, 2_000, "bob", 0644, "etag"), NOTHING)).isFalse();
    assertThat(differs(status(11, 1_000, "", 0600, "etag"), NOTHING)).isTrue();
    assertThat(differs(status(10, 1_000, "", 0600, "other"), NOTHING)).isTrue();
  }

  @Test
  void anUpdateLeavesWhatTheStoreDoesNotHold() {
    UfsStatus changed = status(12, 2_000, "bob", 0644, "other");
    InodeBody kept = Decider.merged(KNOWN.toBuilder(), changed, NOTHING);
    assertThat(kept.getMode()).isEqualTo(0600);
    assertThat(kept.getOwner()).isEqualTo("alice");
    assertThat(kept.getSize()).isEqualTo(12);
    assertThat(kept.getFingerprint()).isEqualTo("other");
    InodeBody taken = Decider.merged(KNOWN.toBuilder(), changed, ALL);
    assertThat(taken.getMode()).isEqualTo(0644);
    assertThat(taken.getOwner()).isEqualTo("bob");
    assertThat(taken.getGroup()).isEqualTo("staff");
    assertThat(Decider.made(InodeBody.newBuilder(), changed).getMode()).isEqualTo(0644);
  }
}
