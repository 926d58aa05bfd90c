package io.cadastre.journal.raft;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedOutputStream;

/** Segments of a Raft log, byte for byte as Ratis writes them. */
final class LogBytes {
  private LogBytes() {}

  static byte[] header() {
    return "RaftLog1".getBytes(StandardCharsets.US_ASCII);
  }

  /** An entry with so many bytes of data, which look like nothing else. */
  static byte[] frame(long term, long index, int size) throws IOException {
    byte[] data = new byte[size];
    new Random(index).nextBytes(data);
    return frame(term, index, data);
  }

  static byte[] frame(long term, long index, byte[] data) throws IOException {
    LogEntryProto entry =
        LogEntryProto.newBuilder()
            .setTerm(term)
            .setIndex(index)
            .setStateMachineLogEntry(
                StateMachineLogEntryProto.newBuilder().setLogData(ByteString.copyFrom(data)))
            .build();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeUInt32NoTag(entry.getSerializedSize());
    entry.writeTo(out);
    out.flush();
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.toByteArray());
    new DataOutputStream(bytes).writeInt((int) checksum.getValue());
    return bytes.toByteArray();
  }

  /** A segment of entries of 300 bytes, from one index up to another. */
  static byte[] segment(long term, long first, long last) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(header());
    for (long index = first; index <= last; index++) {
      bytes.write(frame(term, index, 300));
    }
    return bytes.toByteArray();
  }

  /** Where each entry of a segment begins; at last where zeros, or nothing, follow. */
  static List<Integer> offsets(byte[] segment) throws IOException {
    List<Integer> offsets = new ArrayList<>();
    int offset = header().length;
    offsets.add(offset);
    while (offset < segment.length && segment[offset] != 0) {
      CodedInputStream in = CodedInputStream.newInstance(segment, offset, segment.length - offset);
      int length = in.readRawVarint32();
      offset += in.getTotalBytesRead() + length + Integer.BYTES;
      offsets.add(offset);
    }
    return offsets;
  }
}
