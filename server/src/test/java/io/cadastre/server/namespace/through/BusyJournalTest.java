package io.cadastre.server.namespace.through;

import io.cadastre.client.Answer;
import io.cadastre.client.DirectoryOptions;
import io.cadastre.client.Operation;
import io.cadastre.core.api.proto.Done;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A journal that is full whenever a store has just made its change. */
class BusyJournalTest {
  @Test
  void whatTheStoreHasMadeGetsInAllTheSame(@TempDir Path directory) throws Exception {
    try (WritableMount mount = new WritableMount(directory, "2s")) {
      mount.master.with("cadastre.master.journal.queue.operations", "1").restart();
      mount.status("/data");
      List<CompletableFuture<Answer<Done>>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(
            mount.client.submit(Operation.createDirectory("/data/" + i, DirectoryOptions.DEFAULT)));
      }
      for (CompletableFuture<Answer<Done>> answer : answers) {
        answer.get(30, TimeUnit.SECONDS);
      }
      mount.assertAgree();
    }
  }
}
