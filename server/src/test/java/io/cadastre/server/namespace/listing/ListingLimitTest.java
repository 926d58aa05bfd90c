package io.cadastre.server.namespace.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.client.FileOptions;
import io.cadastre.client.ListOptions;
import io.cadastre.client.ListStream;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.Operation;
import io.cadastre.client.Page;
import io.cadastre.core.api.proto.ListToken;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The limit of a listing that goes on where it was. */
@Timeout(120)
class ListingLimitTest {
  private static final int ENTRIES = 3_000;
  private static final int LIMIT = 2_000;
  private static final int AT_ONCE = 500;

  /** So large that what is left does not fit into the transport: a break is a break. */
  private static final FileOptions LARGE =
      FileOptions.DEFAULT
          .withComplete(true)
          .withXattrs(Map.of("user.x", ByteString.copyFrom(new byte[8 << 10])));

  private TestMaster master;
  private MetadataClient client;

  @BeforeEach
  void start(@TempDir Path directory) {
    master = TestMaster.in(directory).start();
    client = master.client();
    client.createDirectory("/d");
  }

  @AfterEach
  void stop() {
    master.close();
  }

  private void fill(int entries, FileOptions options) {
    for (int from = 0; from < entries; from += AT_ONCE) {
      client
          .batch(
              IntStream.range(from, Math.min(entries, from + AT_ONCE))
                  .mapToObj(i -> Operation.createFile(String.format("/d/%05d", i), options))
                  .toList())
          .forEach(CompletableFuture::join);
    }
  }

  /** A token of a listing that has sent the first 100 of 200 entries. */
  private ByteString tokenOfTheMiddle() {
    fill(200, FileOptions.DEFAULT);
    try (ListStream pages = client.list("/d", ListOptions.DEFAULT.withPageEntries(100))) {
      return pages.next().resumeToken();
    }
  }

  @Test
  void isKeptByAListingThatBreaks() {
    fill(ENTRIES, LARGE);
    Deque<Integer> breaks = new ArrayDeque<>(List.of(700, 1_500));
    List<String> names = new ArrayList<>();
    Set<Long> terms = new HashSet<>();
    try (ListStream pages =
        client.list(
            "/d",
            ListOptions.DEFAULT.withPageEntries(50).withLimit(LIMIT).withAllowNewerView(true))) {
      while (pages.hasNext()) {
        Page page = pages.next();
        page.entries().forEach(entry -> names.add(entry.getName()));
        terms.add(page.served().term());
        if (!breaks.isEmpty() && names.size() >= breaks.peek()) {
          breaks.remove();
          master.restart();
        }
      }
    }
    assertThat(names).hasSize(LIMIT).doesNotHaveDuplicates();
    assertThat(terms).as("terms of the pages: one more than breaks").hasSize(3);
  }

  @Test
  void thatIsReachedAlreadyEndsTheListing() {
    ListOptions resumed =
        ListOptions.DEFAULT.withResumeToken(tokenOfTheMiddle()).withAllowNewerView(true);
    for (int limit : new int[] {50, 100}) {
      try (ListStream pages = client.list("/d", resumed.withLimit(limit))) {
        Page page = pages.next();
        assertThat(page.entries()).isEmpty();
        assertThat(page.last()).isTrue();
      }
    }
    try (ListStream pages = client.list("/d", resumed.withLimit(101))) {
      Page page = pages.next();
      assertThat(page.entries()).hasSize(1);
      assertThat(page.last()).isTrue();
    }
  }

  @Test
  void isNotTurnedAroundByAForgedToken() throws InvalidProtocolBufferException {
    ByteString forged =
        ListToken.parseFrom(tokenOfTheMiddle()).toBuilder().setSent(-1).build().toByteString();
    assertThatThrownBy(() -> client.list("/d", ListOptions.DEFAULT.withResumeToken(forged)).next())
        .isInstanceOfSatisfying(
            MetadataException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT));
  }
}
