package io.cadastre.cli.fs;

import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.MetadataClient;
import io.cadastre.client.MountOptions;
import io.cadastre.core.api.proto.MountEntry;
import io.cadastre.core.path.NamespacePath;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "mount",
    description = {
      "Mount a store at a path, read-only unless --writable is given. Without parameters: show the"
          + " mount table.",
      "A secret is given as a reference that the masters resolve: --option NAME=env:VARIABLE or"
          + " NAME=file:PATH."
    })
final class MountCommand extends ClusterCommand {
  @Option(names = "--writable", description = "Let operations change the store.")
  private boolean writable;

  @Option(
      names = "--shared",
      description = "Allow a store path that intersects with another mount's.")
  private boolean shared;

  @Option(
      names = "--option",
      paramLabel = "NAME=VALUE",
      description = "Option of the store; may be repeated.")
  private Map<String, String> options = Map.of();

  @Parameters(index = "0", arity = "0..1", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "STORE-URI",
      description = "Such as file:///srv/data.")
  private String storeUri;

  @Override
  protected void check() {
    if ((path == null) != (storeUri == null)) {
      throw CliFailure.usage("Missing STORE-URI; expected: mount PATH STORE-URI");
    }
    if (path == null && (writable || shared || !options.isEmpty())) {
      throw CliFailure.usage("Missing PATH and STORE-URI; expected: mount PATH STORE-URI");
    }
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    if (path == null) {
      for (MountEntry mount : client.listMounts().value().getMountsList()) {
        output().line(json() ? MountText.json(mount).toString() : MountText.line(mount));
      }
      return ExitCodes.OK;
    }
    client.mount(
        path.toString(),
        storeUri,
        MountOptions.DEFAULT.withWritable(writable).withShared(shared).withProperties(options));
    if (json()) {
      output().json(Json.object().put("path", path).put("storeUri", storeUri));
    }
    return ExitCodes.OK;
  }
}
