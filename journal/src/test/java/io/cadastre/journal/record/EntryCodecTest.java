package io.cadastre.journal.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.journal.record.proto.JournalEntry;
import io.cadastre.journal.record.proto.PackedEntry;
import io.cadastre.journal.record.proto.PlannedOperation;
import io.cadastre.journal.testing.RandomJournal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;

/** Entries as bytes of the log: packed where it helps, and everything that is none refused. */
class EntryCodecTest {
  private static JournalEntry load(int files) {
    List<byte[]> names = new ArrayList<>();
    List<byte[]> rows = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      names.add("part-%05d".formatted(i).getBytes(StandardCharsets.UTF_8));
      rows.add(RandomJournal.row(1000 + i, false, 1_760_000_000_000L + i, "o"));
    }
    return entry(PlannedOperation.newBuilder().addRecords(Records.create(7, names, rows, 5)));
  }

  private static JournalEntry entry(PlannedOperation.Builder operation) {
    return JournalEntry.newBuilder()
        .setFormat(FormatVersion.ENTRY)
        .setPlannedTerm(3)
        .setClusterMillis(1_760_000_000_000L)
        .addOperations(operation)
        .build();
  }

  private static JournalEntry.Builder packed(int bytes, byte[] lz4) {
    return JournalEntry.newBuilder()
        .setFormat(FormatVersion.PACKED_ENTRY)
        .setPacked(PackedEntry.newBuilder().setBytes(bytes).setLz4(ByteString.copyFrom(lz4)));
  }

  @Test
  void aLargeEntryHasAFractionOfItsBytesAndComesBackAsItWas() throws Exception {
    JournalEntry entry = load(1_000);
    byte[] bytes = EntryCodec.encode(entry, FormatVersion.PACKED_ENTRIES);
    assertThat(bytes.length).isLessThan(entry.getSerializedSize() / 3);
    JournalEntry outer = JournalEntry.parseFrom(bytes);
    assertThat(outer.getFormat()).isEqualTo(FormatVersion.PACKED_ENTRY);
    assertThat(outer.getOperationsCount()).isZero();
    assertThat(EntryCodec.decode(bytes)).isEqualTo(entry);
  }

  @Test
  void anEntryIsWrittenAsItIsWhereAMemberCouldNotUnpackIt() throws Exception {
    JournalEntry entry = load(1_000);
    byte[] bytes = EntryCodec.encode(entry, FormatVersion.PACKED_ENTRIES - 1);
    assertThat(JournalEntry.parseFrom(bytes)).isEqualTo(entry);
    assertThat(EntryCodec.decode(bytes)).isEqualTo(entry);
  }

  @Test
  void smallEntriesAndThoseThatDoNotShrinkAreWrittenAsTheyAre() throws Exception {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    for (JournalEntry entry :
        List.of(
            load(3),
            entry(PlannedOperation.newBuilder().addRecords(Records.create(1, "n", noise, 0))))) {
      byte[] bytes = EntryCodec.encode(entry, FormatVersion.PACKED_ENTRIES);
      assertThat(JournalEntry.parseFrom(bytes)).isEqualTo(entry);
      assertThat(EntryCodec.decode(bytes)).isEqualTo(entry);
    }
  }

  @Test
  void anEntryOfANewerFormatIsHandedOnForItsNumber() throws Exception {
    byte[] newer =
        JournalEntry.newBuilder().setFormat(FormatVersion.PACKED_ENTRY + 1).build().toByteArray();
    assertThat(EntryCodec.decode(newer).getFormat()).isEqualTo(FormatVersion.PACKED_ENTRY + 1);
  }

  @Test
  void whatCannotBeUnpackedIsNoEntry() {
    JournalEntry good = load(1_000);
    byte[] bytes = EntryCodec.encode(good, FormatVersion.PACKED_ENTRIES);
    PackedEntry inside;
    try {
      inside = JournalEntry.parseFrom(bytes).getPacked();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
    byte[] lz4 = inside.getLz4().toByteArray();
    List<JournalEntry.Builder> bad =
        List.of(
            JournalEntry.newBuilder().setFormat(FormatVersion.PACKED_ENTRY),
            packed(inside.getBytes() - 1, lz4),
            packed(inside.getBytes() + 1, lz4),
            packed(-1, lz4),
            packed(Integer.MAX_VALUE, lz4),
            packed(inside.getBytes(), Arrays.copyOf(lz4, lz4.length / 2)),
            packed(100, new byte[50]));
    for (JournalEntry.Builder entry : bad) {
      assertThatThrownBy(() -> EntryCodec.decode(entry.build().toByteArray()))
          .isInstanceOf(InvalidProtocolBufferException.class);
    }
    assertThatThrownBy(() -> EntryCodec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  @Test
  void aPackedEntryHoldsNoOtherPackedOne() {
    byte[] packed = EntryCodec.encode(load(50_000), FormatVersion.PACKED_ENTRIES);
    LZ4Compressor compressor = LZ4Factory.fastestJavaInstance().fastCompressor();
    byte[] twice = packed(packed.length, compressor.compress(packed)).build().toByteArray();
    assertThatThrownBy(() -> EntryCodec.decode(twice))
        .isInstanceOf(InvalidProtocolBufferException.class)
        .hasMessageContaining("format");
  }
}
