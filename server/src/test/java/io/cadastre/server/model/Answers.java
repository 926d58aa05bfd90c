package io.cadastre.server.model;

import io.cadastre.client.Answer;
import io.cadastre.core.api.proto.Done;
import io.cadastre.core.error.MetadataException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The client's answers as those of {@link OwnCalls}, so that both can be compared. */
final class Answers {
  private Answers() {}

  /** Waits for an answer. */
  static OwnCalls.Answer of(CompletableFuture<Answer<Done>> future) {
    try {
      Answer<Done> answer = future.get(World.PATIENCE_NANOS, TimeUnit.NANOSECONDS);
      return new OwnCalls.Answer(
          Optional.empty(), answer.value(), answer.served().stateIndex(), text(answer));
    } catch (ExecutionException e) {
      MetadataException cause = (MetadataException) e.getCause();
      return new OwnCalls.Answer(
          Optional.of(cause.code()),
          Done.getDefaultInstance(),
          0,
          cause.code() + ": " + cause.getMessage() + " " + cause.context());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Answer<Done> answer) {
    return "done, inode "
        + answer.value().getInodeId()
        + " at "
        + answer.served().stateIndex()
        + " by "
        + answer.served().node()
        + " in term "
        + answer.served().term();
  }
}
