package io.cadastre.journal.raft;

import io.cadastre.journal.apply.PendingEntry;
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

  EntryMessage(PendingEntry pending) {
    this.content = UnsafeByteOperations.unsafeWrap(pending.entry().toByteArray());
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
