package io.cadastre.server.transaction;

import com.google.protobuf.InvalidProtocolBufferException;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.api.proto.OperationId;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.journal.apply.AppliedView;
import io.cadastre.journal.record.proto.OperationAnswer;
import io.cadastre.journal.store.Family;
import io.cadastre.journal.store.KeyLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which calls were answered before. Answers are rows of the store; this class looks them up and
 * keeps, per client, how far it says it has got its answers (RIFL's "first incomplete", Lee et al.,
 * SOSP 2015), so that answers nobody will ask for again can be expired early. Thread-safe.
 */
public final class OperationTable {
  private final long lifeMillis;
  private final long maxRows;
  private final Runnable admission;
  private final Map<Long, Long> acknowledged = new ConcurrentHashMap<>();

  /**
   * @param lifeMillis how long an answer is kept; an id older than half of it is refused
   * @param maxRows stored answers beyond which new mutations are refused
   * @param admission throws a {@link MetadataException} while all new mutations are to be refused
   */
  public OperationTable(long lifeMillis, long maxRows, Runnable admission) {
    this.lifeMillis = lifeMillis;
    this.maxRows = maxRows;
    this.admission = admission;
  }

  /**
   * Refuses ids of which nobody could tell any more whether they took effect.
   *
   * @param clusterMillis cluster time
   */
  public void admit(OperationId id, long clusterMillis) {
    if (id.getClient() == 0 || id.getSequence() <= 0) {
      throw MetadataException.invalid(
          "operation_id", "client must not be 0 and sequence must count up from 1");
    }
    if (Math.abs(clusterMillis - id.getMintedMillis()) > lifeMillis / 2) {
      throw new MetadataException(
              ErrorCode.OPERATION_ID_EXPIRED,
              "The operation id is too old, or the client's clock is off: it cannot be told whether"
                  + " this operation took effect before")
          .with("minted_millis", id.getMintedMillis())
          .with("cluster_millis", clusterMillis);
    }
  }

  /**
   * Refuses a new mutation when the table is full, or this master takes none at the moment. One
   * that was answered before gets its answer all the same.
   *
   * @throws MetadataException BUSY
   */
  public void checkRoom(AppliedView view) {
    admission.run();
    if (view.operationCount() >= maxRows) {
      throw new MetadataException(
              ErrorCode.BUSY,
              "The table of stored answers is full; new changes wait until old ones expire")
          .with("limit", maxRows);
    }
  }

  /**
   * The answer that this id got before, if it did.
   *
   * @throws MetadataException OPERATION_ID_REUSED if it was another request or another user's;
   *     OPERATION_ID_EXPIRED if the client has said that it got all answers up to this id
   */
  public Optional<Applied> find(OperationId id, String user, byte[] digest, AppliedView view) {
    if (!view.answers().mayHave(id.getClient(), id.getSequence())) {
      return Optional.empty();
    }
    byte[] row = view.get(Family.OPERATIONS, KeyLayout.operation(id.getClient(), id.getSequence()));
    if (row != null) {
      OperationAnswer answer = parse(row);
      checkSame(answer.getUser(), answer.getRequestDigest().toByteArray(), user, digest);
      Done done = done(answer).toBuilder().setRepeated(true).build();
      return Optional.of(new Applied(done, answer.getStateIndex(), view.term()));
    }
    byte[] watermark =
        view.get(Family.OPERATIONS, KeyLayout.operation(id.getClient(), KeyLayout.WATERMARK));
    if (watermark != null && id.getSequence() < KeyLayout.idOf(watermark)) {
      throw new MetadataException(
          ErrorCode.OPERATION_ID_EXPIRED,
          "The client has acknowledged the answers up to this operation id; it cannot be used"
              + " again");
    }
    return Optional.empty();
  }

  /** What an answer tells its caller. */
  static Done done(OperationAnswer answer) {
    try {
      return Done.parseFrom(answer.getDone());
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored answer does not parse", e);
    }
  }

  private static OperationAnswer parse(byte[] row) {
    try {
      return OperationAnswer.parseFrom(row);
    } catch (InvalidProtocolBufferException e) {
      throw new MetadataException(ErrorCode.CORRUPT, "A stored answer does not parse", e);
    }
  }

  /**
   * Refuses an id that stands for something else.
   *
   * @throws MetadataException OPERATION_ID_REUSED
   */
  static void checkSame(String firstUser, byte[] firstDigest, String user, byte[] digest) {
    if (!firstUser.equals(user) || !Arrays.equals(firstDigest, digest)) {
      throw new MetadataException(
          ErrorCode.OPERATION_ID_REUSED,
          "The operation id was used before for another request or by another user");
    }
  }

  /** The client says that it has the answers of all sequences below this one. */
  public void acknowledge(long client, long below) {
    if (below > 1) {
      acknowledged.merge(client, below, Math::max);
    }
  }

  /** What clients have said since the last call. */
  public Map<Long, Long> takeAcknowledged() {
    Map<Long, Long> taken = new java.util.HashMap<>();
    for (Long client : acknowledged.keySet()) {
      Long below = acknowledged.remove(client);
      if (below != null) {
        taken.put(client, below);
      }
    }
    return taken;
  }
}
