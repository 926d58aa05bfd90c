package io.cadastre.core.api;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.cadastre.core.api.proto.CallRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * What tells two requests under one operation id apart: the first 16 bytes of SHA-256 over the `op`
 * of a {@link CallRequest} as it is serialised (field number, length, message). Caller, call id,
 * operation id, deadlines and read level do not count, so that a retry has the digest of its first
 * attempt. Thread-safe.
 */
public final class RequestDigest {
  /** Bytes of a digest. */
  public static final int LENGTH = 16;

  private static final OneofDescriptor OP =
      CallRequest.getDescriptor().getOneofs().stream()
          .filter(oneof -> oneof.getName().equals("op"))
          .findFirst()
          .orElseThrow();

  /** Looking one up for each request costs as much as the digest itself. */
  private static final ThreadLocal<MessageDigest> SHA =
      ThreadLocal.withInitial(RequestDigest::sha256);

  private RequestDigest() {}

  /**
   * The digest, {@link #LENGTH} bytes; of a request without an operation, that of nothing.
   *
   * <p>Maps are not used in requests, and repeated fields keep their order, so one request has one
   * serialised form.
   */
  public static byte[] of(CallRequest request) {
    MessageDigest sha = SHA.get();
    sha.reset();
    if (request.hasOneof(OP)) {
      FieldDescriptor field = request.getOneofFieldDescriptor(OP);
      sha.update(serialized(field.getNumber(), (Message) request.getField(field)));
    }
    return Arrays.copyOf(sha.digest(), LENGTH);
  }

  private static byte[] serialized(int number, Message op) {
    byte[] bytes = new byte[CodedOutputStream.computeMessageSize(number, op)];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      out.writeMessage(number, op);
      out.checkNoSpaceLeft();
    } catch (IOException e) {
      throw new UncheckedIOException("Writing to an array of the right size failed", e);
    }
    return bytes;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java runtime lacks SHA-256, which every one has", e);
    }
  }
}
