package io.cadastre.server.rpc;

import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** Sends a listing page that is serialised already. */
final class RawListPage implements MethodDescriptor.Marshaller<byte[]> {
  @Override
  public InputStream stream(byte[] page) {
    return new ByteArrayInputStream(page);
  }

  @Override
  public byte[] parse(InputStream stream) {
    throw new UnsupportedOperationException("a server only sends pages");
  }
}
