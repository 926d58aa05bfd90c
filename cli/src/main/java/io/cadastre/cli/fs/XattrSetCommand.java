package io.cadastre.cli.fs;

import com.google.protobuf.ByteString;
import io.cadastre.cli.base.CliFailure;
import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.client.AttributeChanges;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.path.NamespacePath;
import java.util.Base64;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "set", description = "Set or replace an extended attribute.")
final class XattrSetCommand extends ClusterCommand {
  @Parameters(index = "0", paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Parameters(index = "1", paramLabel = "NAME", description = "Name of the attribute.")
  private String name;

  @Parameters(index = "2", paramLabel = "VALUE", description = "Its value, as UTF-8.")
  private String value;

  @Option(names = "--base64", description = "VALUE is base64, for bytes of any kind.")
  private boolean base64;

  @Override
  protected void check() {
    bytes();
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    client.setAttributes(path.toString(), AttributeChanges.NONE.xattr(name, bytes()));
    return ExitCodes.OK;
  }

  private ByteString bytes() {
    if (!base64) {
      return ByteString.copyFromUtf8(value);
    }
    try {
      return ByteString.copyFrom(Base64.getDecoder().decode(value));
    } catch (IllegalArgumentException e) {
      throw new CliFailure(ExitCodes.USAGE, "The value is not valid base64: " + e.getMessage(), e);
    }
  }
}
