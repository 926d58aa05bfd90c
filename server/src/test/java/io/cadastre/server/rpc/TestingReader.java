package io.cadastre.server.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client of a stream, with room for so many messages. */
final class TestingReader<T> extends ServerCallStreamObserver<T> {
  final List<T> messages = new CopyOnWriteArrayList<>();
  volatile int room = Integer.MAX_VALUE;
  volatile boolean completed;
  volatile Throwable failure;

  /** Messages that were asked of the client. */
  volatile int requested;

  private volatile boolean cancelled;
  private Runnable onReady;
  private Runnable onCancel;

  void ready() {
    onReady.run();
  }

  void cancel() {
    cancelled = true;
    onCancel.run();
  }

  T last() {
    return messages.get(messages.size() - 1);
  }

  @Override
  public void onNext(T message) {
    messages.add(message);
  }

  @Override
  public void onCompleted() {
    completed = true;
  }

  @Override
  public void onError(Throwable cause) {
    failure = cause;
  }

  @Override
  public boolean isReady() {
    return messages.size() < room;
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public synchronized void request(int count) {
    requested += count;
  }

  @Override
  public void disableAutoRequest() {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void setMessageCompression(boolean enable) {}

  @Override
  public void setCompression(String compression) {}
}
