package io.cadastre.core.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CreateDirectory;
import io.cadastre.core.api.proto.CreateFile;
import java.security.MessageDigest;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RequestDigestTest {
  private static final CallRequest REQUEST =
      CallRequest.newBuilder()
          .setCreateDirectory(CreateDirectory.newBuilder().setPath("/a").setParents(true))
          .build();

  @Test
  void isTheHeadOfSha256OverTheSerialisedOperation() throws Exception {
    byte[] sha = MessageDigest.getInstance("SHA-256").digest(REQUEST.toByteArray());

    assertThat(RequestDigest.of(REQUEST)).isEqualTo(Arrays.copyOf(sha, 16)).hasSize(16);
  }

  /** Whatever field is added to CallRequest later, it does not count unless it is an operation. */
  @Test
  void noOtherFieldCounts() {
    for (FieldDescriptor field : CallRequest.getDescriptor().getFields()) {
      if (field.getContainingOneof() != null) {
        continue;
      }
      CallRequest.Builder changed = REQUEST.toBuilder();
      Object value =
          switch (field.getJavaType()) {
            case INT -> 7;
            case LONG -> 7L;
            case STRING -> "seven";
            case ENUM -> field.getEnumType().findValueByNumber(1);
            case MESSAGE -> ((Message.Builder) changed.newBuilderForField(field)).build();
            default -> throw new AssertionError("No sample for " + field);
          };
      changed.setField(field, value);

      assertThat(RequestDigest.of(changed.build()))
          .as(field.getName())
          .isEqualTo(RequestDigest.of(REQUEST));
    }
  }

  @Test
  void operationAndItsFieldsCount() {
    CallRequest otherPath =
        CallRequest.newBuilder()
            .setCreateDirectory(CreateDirectory.newBuilder().setPath("/b").setParents(true))
            .build();
    CallRequest otherKind =
        CallRequest.newBuilder()
            .setCreateFile(CreateFile.newBuilder().setPath("/a").setParents(true))
            .build();

    assertThat(RequestDigest.of(REQUEST))
        .isNotEqualTo(RequestDigest.of(otherPath))
        .isNotEqualTo(RequestDigest.of(otherKind))
        .isNotEqualTo(RequestDigest.of(CallRequest.getDefaultInstance()));
  }
}
