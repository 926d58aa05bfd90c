package io.cadastre.server.namespace.through;

import io.cadastre.core.inode.proto.InodeBody;
import io.cadastre.ufs.spi.StoreLookup;
import io.cadastre.ufs.spi.UfsException;
import io.cadastre.ufs.spi.UfsStatus;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** A chain of directories: made from the top down, so a first part of it may be there. */
final class DirectoryLook {
  private DirectoryLook() {}

  static Finding of(IntentResolver.Look look) {
    List<String> paths = look.intent().getStorePathsList();
    List<InodeBody> bodies = look.created();
    Map<Long, UfsStatus> statuses = new HashMap<>();
    for (int i = 0; i < paths.size(); i++) {
      StoreLookup there = look.store().status(paths.get(i));
      if (there instanceof StoreLookup.Unknown unknown) {
        return new Finding.Unknown(unknown.reason());
      }
      if (there instanceof StoreLookup.Present present && present.status().isDirectory()) {
        statuses.put(bodies.get(i).getId(), present.status());
        continue;
      }
      int made = i;
      return made == 0
          ? new Finding.NotDone()
          : new Finding.Half(() -> makeRest(look, statuses, made));
    }
    return look.done(statuses);
  }

  private static Finding makeRest(
      IntentResolver.Look look, Map<Long, UfsStatus> statuses, int made) {
    List<String> paths = look.intent().getStorePathsList();
    DirectoryMaker maker =
        new DirectoryMaker(look.store(), look.intent().getMountId(), new HashSet<>());
    try {
      for (int i = made; i < paths.size(); i++) {
        InodeBody body = look.created().get(i);
        statuses.put(body.getId(), maker.make(paths.get(i), body));
      }
      return look.done(statuses);
    } catch (UfsException e) {
      return look.givenUp(e.getMessage());
    }
  }
}
