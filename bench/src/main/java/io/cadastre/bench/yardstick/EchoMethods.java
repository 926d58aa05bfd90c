package io.cadastre.bench.yardstick;

import io.cadastre.core.api.proto.CallRequest;
import io.cadastre.core.api.proto.CallResponse;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.api.proto.GetStatus;
import io.cadastre.core.api.proto.RequestFrame;
import io.cadastre.core.api.proto.ResponseFrame;
import io.cadastre.core.api.proto.ServedAt;
import io.cadastre.core.inode.proto.InodeKind;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;

/** The echo service: messages as large as those of a stat, and nothing behind them. */
final class EchoMethods {
  static final String SERVICE = "cadastre.bench.Echo";

  static final MethodDescriptor<CallRequest, CallResponse> UNARY =
      method(
          MethodType.UNARY,
          "Unary",
          CallRequest.getDefaultInstance(),
          CallResponse.getDefaultInstance());

  static final MethodDescriptor<CallRequest, CallResponse> STREAM =
      method(
          MethodType.BIDI_STREAMING,
          "Stream",
          CallRequest.getDefaultInstance(),
          CallResponse.getDefaultInstance());

  static final MethodDescriptor<RequestFrame, ResponseFrame> FRAMES =
      method(
          MethodType.BIDI_STREAMING,
          "Frames",
          RequestFrame.getDefaultInstance(),
          ResponseFrame.getDefaultInstance());

  private static final CallResponse ANSWER =
      CallResponse.newBuilder()
          .setServed(ServedAt.newBuilder().setStateIndex(1_000_000).setTerm(3))
          .setStatus(
              FileStatus.newBuilder()
                  .setId(1_234_567)
                  .setKind(InodeKind.FILE)
                  .setSize(123_456_789)
                  .setOwner("somebody")
                  .setGroup("somegroup")
                  .setMode(0644)
                  .setCreatedMillis(1_780_000_000_000L)
                  .setName("file-1234567")
                  .setPath("/bench/w1/d0123/file-1234567")
                  .setMtimeMillis(1_780_000_000_000L)
                  .setCtimeMillis(1_780_000_000_000L)
                  .setChangeIndex(999_999))
          .build();

  private EchoMethods() {}

  static CallRequest request(long callId) {
    return CallRequest.newBuilder()
        .setCallId(callId)
        .setTimeoutMillis(30_000)
        .setSessionIndex(1_000_000)
        .setGetStatus(GetStatus.newBuilder().setPath("/bench/w1/d0123/file-1234567"))
        .build();
  }

  static CallResponse answer(CallRequest request) {
    return ANSWER.toBuilder().setCallId(request.getCallId()).build();
  }

  private static <Q extends com.google.protobuf.Message, R extends com.google.protobuf.Message>
      MethodDescriptor<Q, R> method(MethodType type, String name, Q request, R response) {
    return MethodDescriptor.<Q, R>newBuilder()
        .setType(type)
        .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(response))
        .build();
  }
}
