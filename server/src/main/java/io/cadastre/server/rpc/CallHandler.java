package io.cadastre.server.rpc;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Timer;
import io.cadastre.core.api.ErrorInfos;
import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.metrics.MetricNames;
import io.cadastre.core.metrics.Metrics;
import io.cadastre.server.namespace.NamespaceService;
import io.cadastre.server.transaction.Caller;
import io.cadastre.server.transaction.MetadataExceptions;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call from its request to its response: who calls, for which cluster, by when; then the audit
 * line and the metrics. Used by the unary and by the pipelined form. Thread-safe; runs on planner
 * threads.
 */
final class CallHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CallHandler.class);

  private final NamespaceService namespace;
  private final CallerResolver callers;
  private final String clusterId;
  private final long defaultTimeoutNanos;
  private final Metrics metrics;
  private final AuditLog audit;
  private final LongAdder inProgress = new LongAdder();
  private final Counter repeated;
  private final Map<CallRequest.OpCase, Timer> timers = new EnumMap<>(CallRequest.OpCase.class);
  private final Map<CallRequest.OpCase, String> names = new EnumMap<>(CallRequest.OpCase.class);

  CallHandler(
      NamespaceService namespace,
      CallerResolver callers,
      String clusterId,
      long defaultTimeoutMillis,
      Metrics metrics,
      AuditLog audit) {
    this.namespace = namespace;
    this.callers = callers;
    this.clusterId = clusterId;
    this.defaultTimeoutNanos = TimeUnit.MILLISECONDS.toNanos(defaultTimeoutMillis);
    this.metrics = metrics;
    this.audit = audit;
    for (CallRequest.OpCase op : CallRequest.OpCase.values()) {
      names.put(op, op.name().toLowerCase(java.util.Locale.ROOT));
      timers.put(op, metrics.timer(MetricNames.CALL_MICROS, names.get(op)));
    }
    metrics.gauge(MetricNames.CALLS_IN_PROGRESS, inProgress::sum);
    repeated = metrics.counter(MetricNames.CALLS_REPEATED);
  }

  /**
   * Runs a call.
   *
   * @param frameCaller who calls, unless the request says so itself
   * @param answer called once, on any thread
   */
  void handle(
      CallRequest request,
      io.cadastre.core.api.proto.Caller frameCaller,
      String frameClusterId,
      String address,
      Consumer<CallResponse> answer) {
    long start = System.nanoTime();
    inProgress.increment();
    Caller caller = null;
    try {
      String wanted = request.getClusterId().isEmpty() ? frameClusterId : request.getClusterId();
      checkCluster(wanted, clusterId);
      caller = callers.resolve(request.hasCaller() ? request.getCaller() : frameCaller, address);
      long timeout =
          request.getTimeoutMillis() == 0
              ? defaultTimeoutNanos
              : TimeUnit.MILLISECONDS.toNanos(Integer.toUnsignedLong(request.getTimeoutMillis()));
      Caller known = caller;
      namespace
          .call(request, caller, start + timeout)
          .whenComplete(
              (response, failure) -> finish(request, known, start, response, failure, answer));
    } catch (RuntimeException e) {
      Caller known = caller == null ? AuditLog.somebody(address) : caller;
      finish(request, known, start, null, e, answer);
    }
  }

  /**
   * Refuses a request that is meant for another cluster.
   *
   * @throws MetadataException EPOCH_CHANGED
   */
  static void checkCluster(String wanted, String own) {
    if (!wanted.isEmpty() && !wanted.equals(own)) {
      throw new MetadataException(
              ErrorCode.EPOCH_CHANGED, "The request is for another cluster than this one")
          .with("wanted", wanted)
          .with("cluster", own);
    }
  }

  private void finish(
      CallRequest request,
      Caller caller,
      long start,
      CallResponse.Builder response,
      Throwable failure,
      Consumer<CallResponse> answer) {
    CallResponse.Builder built = response;
    String result = "OK";
    if (failure != null) {
      MetadataException error = MetadataExceptions.unwrap(failure);
      if (error.code().fault() == ErrorCode.Fault.BUG) {
        LOG.error("A call failed by a defect: {}", request.getOpCase(), failure);
      }
      result = error.code().name();
      metrics.counter(MetricNames.CALL_ERRORS, names.get(request.getOpCase()), result).inc();
      built = CallResponse.newBuilder().setError(ErrorInfos.toProto(error));
    }
    if (built.hasDone() && built.getDone().getRepeated()) {
      repeated.inc();
    }
    inProgress.decrement();
    long nanos = System.nanoTime() - start;
    timers.get(request.getOpCase()).update(nanos, TimeUnit.NANOSECONDS);
    audit.write(
        caller,
        names.get(request.getOpCase()),
        CallNames.path(request),
        CallNames.destination(request),
        result,
        nanos);
    answer.accept(built.setCallId(request.getCallId()).build());
  }
}
