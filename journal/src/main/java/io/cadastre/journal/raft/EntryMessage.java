package io.cadastre.journal.raft;

import io.cadastre.journal.apply.PendingEntry;
import io.cadastre.journal.record.EntryCodec;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * An entry on its way into the log, made in this process; anything else that reaches the state
 * machine is refused.
 */
final class EntryMessage implements Message {
  private final ByteString content;
  private final PendingEntry pending;

  /**
   * @param formatLevel the cluster's
   */
  EntryMessage(PendingEntry pending, long formatLevel) {
    this.content = UnsafeByteOperations.unsafeWrap(EntryCodec.encode(pending.entry(), formatLevel));
    this.pending = pending;
  }

  @Override
  public ByteString getContent() {
    return content;
  }

  PendingEntry pending() {
    return pending;
  }
}
