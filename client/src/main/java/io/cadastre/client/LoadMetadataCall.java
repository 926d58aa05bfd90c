package io.cadastre.client;

import io.cadastre.core.api.proto.LoadMetadataProgress;
import java.util.function.Consumer;

final class LoadMetadataCall {
  LoadMetadataCall(CallEngine engine, CallSettings call, String path, LoadOptions options) {}

  LoadMetadataProgress run(Consumer<LoadMetadataProgress> progress) {
    throw new UnsupportedOperationException();
  }
}
