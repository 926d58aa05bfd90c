package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "chgrp", description = "Change the group.")
final class ChgrpCommand extends ChangeCommand {
  @Parameters(index = "0", paramLabel = "GROUP", description = "Name of the group.")
  private String group;

  @Override
  protected void check() {
    if (group.isEmpty()) {
      throw CliFailure.usage("The group is empty; expected its name");
    }
  }

  @Override
  void change(MetadataClient client, String path) {
    client.setAttributes(path, AttributeChanges.NONE.group(group));
  }
}
