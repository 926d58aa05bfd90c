package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "chown", description = "Change the owner, the group, or both.")
final class ChownCommand extends ChangeCommand {
  @Parameters(
      index = "0",
      paramLabel = "OWNER[:GROUP]",
      description = "Such as alice, alice:staff, or :staff for the group alone.")
  private String owner;

  @Override
  protected void check() {
    changes();
  }

  @Override
  void change(MetadataClient client, String path) {
    client.setAttributes(path, changes());
  }

  private AttributeChanges changes() {
    int colon = owner.indexOf(':');
    String user = colon < 0 ? owner : owner.substring(0, colon);
    String group = colon < 0 ? "" : owner.substring(colon + 1);
    if ((user.isEmpty() && group.isEmpty()) || group.contains(":")) {
      throw CliFailure.usage("'" + owner + "': expected OWNER, OWNER:GROUP or :GROUP");
    }
    AttributeChanges changes = AttributeChanges.NONE;
    changes = user.isEmpty() ? changes : changes.owner(user);
    return group.isEmpty() ? changes : changes.group(group);
  }
}
