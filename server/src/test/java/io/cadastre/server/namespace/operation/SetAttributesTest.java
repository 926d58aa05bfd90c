package io.cadastre.server.namespace.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.CallerIdentity;
import io.cadastre.client.FileOptions;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.server.testing.TestMaster;
import io.cadastre.ufs.testing.MemoryStore;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may set which attributes of a file of alice in the group staff. */
@Timeout(60)
class SetAttributesTest {
  private static final String FILE = "/file";

  /** What the file has already. */
  private static final AttributeChanges SAME_OWNER = AttributeChanges.NONE.owner("alice");

  private static final AttributeChanges SAME_GROUP = AttributeChanges.NONE.group("staff");

  private final String name = "attributes-" + UUID.randomUUID();
  private final MemoryStore store = MemoryStore.named(name);
  private TestMaster master;
  private MetadataClient admin;

  @BeforeEach
  void start(@TempDir Path directory) {
    master = TestMaster.in(directory).start();
    admin = master.client();
    admin.createFile(FILE, FileOptions.DEFAULT.withComplete(true));
    admin.setAttributes(FILE, AttributeChanges.NONE.owner("alice").group("staff").mode(0664));
  }

  @AfterEach
  void stop() {
    master.close();
    MemoryStore.forget(name);
  }

  private MetadataClient as(String user, String... groups) {
    return admin.withCaller(new CallerIdentity(user, List.of(groups)));
  }

  private FileStatus status(String path) {
    return admin.getStatus(path).value();
  }

  private void refused(
      ErrorCode code, MetadataClient client, String path, AttributeChanges changes) {
    long before = status(path).getChangeIndex();
    assertThatThrownBy(() -> client.setAttributes(path, changes))
        .isInstanceOfSatisfying(MetadataException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(status(path).getChangeIndex()).isEqualTo(before);
  }

  private void allowed(MetadataClient client, AttributeChanges changes) {
    long before = status(FILE).getChangeIndex();
    client.setAttributes(FILE, changes);
    assertThat(status(FILE).getChangeIndex()).isGreaterThan(before);
  }

  @Test
  void ownerAndGroupAsTheyAreAreNotForOthersToSet() {
    for (MetadataClient other : List.of(as("bob"), as("carol", "staff"))) {
      refused(ErrorCode.PERMISSION_DENIED, other, FILE, SAME_OWNER);
      refused(ErrorCode.PERMISSION_DENIED, other, FILE, SAME_GROUP);
      refused(ErrorCode.PERMISSION_DENIED, other, FILE, SAME_OWNER.group("staff"));
    }
    // She may write the file, but that is another matter.
    refused(ErrorCode.PERMISSION_DENIED, as("carol", "staff"), FILE, SAME_OWNER.mtimeMillis(1_000));
  }

  @Test
  void theStoreIsNotAskedToSetWhatItHasForOthers() {
    store.write("f", 1);
    store.attributes("f", "alice", "staff", 0666);
    admin.mount("/m", store.uri(), MountOptions.DEFAULT.withWritable(true));
    assertThat(status("/m/f").getOwner()).isEqualTo("alice");

    refused(ErrorCode.PERMISSION_DENIED, as("bob"), "/m/f", SAME_OWNER);
    refused(ErrorCode.PERMISSION_DENIED, as("bob"), "/m/f", SAME_GROUP);
  }

  @Test
  void theOwnerMaySetWhatIsThereAndGroupsOfHisOwn() {
    allowed(as("alice"), SAME_OWNER);
    allowed(as("alice"), SAME_GROUP);
    allowed(as("alice"), SAME_OWNER.group("staff"));
    refused(ErrorCode.PERMISSION_DENIED, as("alice"), FILE, AttributeChanges.NONE.group("users"));
    refused(ErrorCode.PERMISSION_DENIED, as("alice"), FILE, AttributeChanges.NONE.owner("bob"));
    allowed(as("alice", "users"), SAME_OWNER.group("users"));
    allowed(admin, SAME_OWNER.group("users"));
    allowed(admin, AttributeChanges.NONE.owner("bob").group("staff"));
  }

  @Test
  void aRequestThatNamesNoAttributeIsNone() {
    for (MetadataClient client : List.of(as("bob"), as("alice"), admin)) {
      refused(ErrorCode.INVALID_ARGUMENT, client, FILE, AttributeChanges.NONE);
      refused(
          ErrorCode.INVALID_ARGUMENT,
          client,
          FILE,
          AttributeChanges.NONE.ifChangeIndex(status(FILE).getChangeIndex()));
    }
  }

  @Test
  void oneAttributeIsEnough() {
    allowed(as("alice"), AttributeChanges.NONE.xattr("user.x", ByteString.copyFromUtf8("v")));
    allowed(as("alice"), AttributeChanges.NONE.removeXattr("user.x"));
    allowed(as("alice"), AttributeChanges.NONE.mode(0600));
    allowed(as("alice"), AttributeChanges.NONE.mtimeMillis(1_000));
    allowed(as("alice"), AttributeChanges.NONE.size(5));
  }
}
