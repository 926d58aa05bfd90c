package io.cadastre.cli.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.cadastre.cli.format.ListingFormat.Entry;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.inode.proto.Xattr;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListingFormatTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
  private static final long MILLIS = 1_795_266_187_250L;

  private static final FileStatus DIRECTORY =
      FileStatus.newBuilder()
          .setId(7)
          .setKind(InodeKind.DIRECTORY)
          .setOwner("alice")
          .setGroup("staff")
          .setMode(0755)
          .setChildCount(1200)
          .setMtimeMillis(MILLIS)
          .build();
  private static final FileStatus FILE =
      FileStatus.newBuilder()
          .setId(8)
          .setKind(InodeKind.FILE)
          .setOwner("bob")
          .setGroup("g")
          .setMode(0640)
          .setSize(1_536)
          .setMtimeMillis(MILLIS)
          .build();
  private static final FileStatus LINK =
      FILE.toBuilder().setKind(InodeKind.SYMLINK).setMode(0777).setLinkTarget("../x").build();

  @Test
  void readsLikeHdfs() {
    assertThat(
            lines(
                new ListingFormat(false, ZONE),
                new Entry(DIRECTORY, "/data/a"),
                new Entry(FILE, "/data/b\nc"),
                new Entry(LINK, "/data/l")))
        .containsExactly(
            "drwxr-xr-x 1200 alice staff    0 2026-11-21 14:03 /data/a",
            "-rw-r-----    - bob   g     1536 2026-11-21 14:03 /data/b?c",
            "lrwxrwxrwx    - bob   g     1536 2026-11-21 14:03 /data/l -> ../x");
  }

  @Test
  void whatOthersHaveNamedSteersNoTerminal() {
    FileStatus forged = LINK.toBuilder().setOwner("a\u001b").setGroup("g\nx").build();

    assertThat(lines(new ListingFormat(false, ZONE), new Entry(forged, "/l")))
        .containsExactly("lrwxrwxrwx   - a? g?x 1536 2026-11-21 14:03 /l -> ../x");
    assertThat(
            StatusText.lines(
                forged.toBuilder()
                    .setLinkTarget("x\nsize: 0")
                    .setStoreUri("file:///\u009b")
                    .build(),
                "/l\r",
                ZONE))
        .contains("path:         /l?", "owner:        a?", "group:        g?x")
        .contains("link target:  x?size: 0", "store:        file:///?");
    assertThat(new Table("NAME").row("a\tb").lines()).containsExactly("NAME", "a?b");
  }

  @Test
  void columnsOnlyGrowFromPageToPage() {
    ListingFormat format = new ListingFormat(true, ZONE);

    assertThat(lines(format, new Entry(FILE, "/b")))
        .containsExactly("-rw-r-----   - bob g 1.5 K 2026-11-21 14:03 /b");
    assertThat(lines(format, new Entry(DIRECTORY, "/a")))
        .containsExactly("drwxr-xr-x 1200 alice staff     0 2026-11-21 14:03 /a");
    assertThat(lines(format, new Entry(FILE, "/c")))
        .containsExactly("-rw-r-----    - bob   g     1.5 K 2026-11-21 14:03 /c");
  }

  @Test
  void statHasEveryField() {
    FileStatus status =
        FILE.toBuilder()
            .setStoreUri("file:///srv/b")
            .setFingerprint("e1")
            .setChangeIndex(99)
            .setSyncedMillis(MILLIS)
            .setDue("due: interval 0")
            .addXattrs(xattr("user.a", ByteString.copyFromUtf8("text")))
            .addXattrs(xattr("user.b", ByteString.copyFrom(new byte[] {(byte) 0xff, 0})))
            .build();

    assertThat(StatusText.lines(status, "/data/b", ZoneId.of("UTC")))
        .containsExactly(
            "path:         /data/b",
            "type:         file",
            "id:           8",
            "size:         1536",
            "owner:        bob",
            "group:        g",
            "mode:         0640 (-rw-r-----)",
            "modified:     2026-11-21 13:03:07.250 +00:00 (2026-11-21T13:03:07.250Z)",
            "changed:      never",
            "created:      never",
            "store:        file:///srv/b",
            "fingerprint:  e1",
            "synced:       2026-11-21 13:03:07.250 +00:00 (2026-11-21T13:03:07.250Z)",
            "sync due:     due: interval 0",
            "change index: 99",
            "xattr:        user.a=text",
            "xattr:        user.b=base64:/wA=");
  }

  @Test
  void statAsJson() {
    FileStatus status =
        DIRECTORY.toBuilder()
            .addXattrs(xattr("user.a", ByteString.copyFromUtf8("t")))
            .setMountPoint(true)
            .build();

    assertThat(StatusText.json(status, "/data/a").toString())
        .isEqualTo(
            "{\"path\":\"/data/a\",\"type\":\"directory\",\"id\":7,\"size\":0,\"childCount\":1200,"
                + "\"owner\":\"alice\",\"group\":\"staff\",\"mode\":\"0755\","
                + "\"modifiedMillis\":1795266187250,\"modified\":\"2026-11-21T13:03:07.250Z\","
                + "\"changedMillis\":null,\"changed\":null,\"createdMillis\":null,"
                + "\"created\":null,\"incomplete\":false,\"mountPoint\":true,"
                + "\"syncedMillis\":null,\"synced\":null,"
                + "\"childrenSyncedMillis\":null,\"childrenSynced\":null,\"changeIndex\":0,"
                + "\"xattrs\":[{\"name\":\"user.a\",\"text\":\"t\",\"base64\":\"dA==\"}]}");
  }

  private static Xattr xattr(String name, ByteString value) {
    return Xattr.newBuilder().setName(name).setValue(value).build();
  }

  private static List<String> lines(ListingFormat format, Entry... entries) {
    List<String> lines = new ArrayList<>();
    format.page(List.of(entries), lines::add);
    return lines;
  }
}
