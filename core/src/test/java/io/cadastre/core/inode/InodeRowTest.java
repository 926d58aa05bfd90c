package io.cadastre.core.inode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.core.inode.proto.InodeKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class InodeRowTest {
  private static final InodeBody DIRECTORY =
      InodeBody.newBuilder()
          .setId(77)
          .setKind(InodeKind.DIRECTORY)
          .setOwner("alice")
          .setGroup("staff")
          .setMode(0755)
          .build();

  @Test
  void aNewRowHasItsTimesAndNothingElse() {
    byte[] row = InodeRow.encode(1_000, 2_000, DIRECTORY);
    assertThat(InodeRow.check(row)).isSameAs(row);
    assertThat(InodeRow.mtimeMillis(row)).isEqualTo(1_000);
    assertThat(InodeRow.ctimeMillis(row)).isEqualTo(2_000);
    assertThat(InodeRow.changeIndex(row)).isZero();
    assertThat(InodeRow.childCount(row)).isZero();
    assertThat(InodeRow.syncedMillis(row)).isZero();
    assertThat(InodeRow.syncedIndex(row)).isZero();
    assertThat(InodeRow.id(row)).isEqualTo(77);
    assertThat(InodeRow.isDirectory(row)).isTrue();
    assertThat(InodeRow.body(row)).isEqualTo(DIRECTORY);
  }

  @Test
  void theHeadHasItsDocumentedLayout() {
    byte[] row = InodeRow.encode(0x0102030405060708L, 1, DIRECTORY);
    InodeRow.setChangeIndex(row, 0x1112131415161718L);
    assertThat(row[0]).isEqualTo((byte) 1);
    assertThat(row).startsWith(1, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 1, 2, 3, 4, 5);
    assertThat(row).hasSize(InodeRow.HEAD_BYTES + DIRECTORY.getSerializedSize());
  }

  @Test
  void anotherBodyKeepsCountAndMark() {
    byte[] row = InodeRow.encode(1, 2, DIRECTORY);
    InodeRow.applyDirectoryDelta(row, 3, 10, 5);
    InodeRow.applySyncMark(row, 100, 4);
    InodeBody other = DIRECTORY.toBuilder().setOwner("a much longer owner").setMode(0700).build();
    byte[] changed = InodeRow.withBody(row, 7, 8, other);
    assertThat(InodeRow.childCount(changed)).isEqualTo(3);
    assertThat(InodeRow.syncedMillis(changed)).isEqualTo(100);
    assertThat(InodeRow.syncedIndex(changed)).isEqualTo(4);
    assertThat(InodeRow.changeIndex(changed)).isEqualTo(5);
    assertThat(InodeRow.mtimeMillis(changed)).isEqualTo(7);
    assertThat(InodeRow.ctimeMillis(changed)).isEqualTo(8);
    assertThat(InodeRow.body(changed)).isEqualTo(other);
    assertThat(InodeRow.body(row)).as("the old row").isEqualTo(DIRECTORY);
  }

  @Test
  void aPlannedRowTakesOverWhatOnlyApplyChanges() {
    byte[] old = InodeRow.encode(1, 2, DIRECTORY);
    InodeRow.applyDirectoryDelta(old, 3, 10, 5);
    InodeRow.applySyncMark(old, 100, 4);
    byte[] planned = InodeRow.encode(50, 60, DIRECTORY);
    InodeRow.carryOver(planned, old);
    assertThat(InodeRow.childCount(planned)).isEqualTo(3);
    assertThat(InodeRow.syncedIndex(planned)).isEqualTo(4);
    assertThat(InodeRow.mtimeMillis(planned)).isEqualTo(50);
    byte[] newer = InodeRow.encode(50, 60, DIRECTORY);
    InodeRow.applySyncMark(newer, 200, 6);
    InodeRow.carryOver(newer, old);
    assertThat(InodeRow.syncedMillis(newer)).as("a newer mark stays").isEqualTo(200);
  }

  @Test
  void deltasAndMarksCommute() {
    Random random = new Random(3);
    List<Consumer<byte[]>> changes = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      long count = random.nextInt(5) - 2;
      long millis = random.nextInt(100);
      long index = random.nextInt(20);
      changes.add(row -> InodeRow.applyDirectoryDelta(row, count, millis, index));
      changes.add(row -> InodeRow.applySyncMark(row, millis, index / 4));
    }
    byte[] expected = null;
    for (int i = 0; i < 200; i++) {
      Collections.shuffle(changes, random);
      byte[] row = InodeRow.encode(50, 50, DIRECTORY);
      changes.forEach(change -> change.accept(row));
      if (expected == null) {
        expected = row;
      }
      assertThat(row).isEqualTo(expected);
    }
  }

  @Test
  void whatIsNoRowIsRefused() {
    byte[] row = InodeRow.encode(1, 2, DIRECTORY);
    row[0] = 9;
    assertCorrupt(() -> InodeRow.check(row));
    assertCorrupt(() -> InodeRow.check(new byte[InodeRow.HEAD_BYTES - 1]));
    assertCorrupt(() -> InodeRow.check(new byte[0]));
    byte[] broken = InodeRow.encode(1, 2, DIRECTORY);
    broken[InodeRow.HEAD_BYTES + 2] = (byte) 0xff;
    broken[InodeRow.HEAD_BYTES + 3] = (byte) 0xff;
    assertCorrupt(() -> InodeRow.body(broken));
  }

  private static void assertCorrupt(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            MetadataException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
  }
}
