package io.cadastre.cli.fs;

import io.cadastre.cli.base.ClusterCommand;
import io.cadastre.cli.base.ExitCodes;
import io.cadastre.cli.format.Json;
import io.cadastre.client.Answer;
import io.cadastre.client.MetadataClient;
import io.cadastre.core.api.proto.FileStatus;
import io.cadastre.core.error.ErrorCode;
import io.cadastre.core.error.MetadataException;
import io.cadastre.core.inode.proto.InodeKind;
import io.cadastre.core.path.NamespacePath;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "test",
    description = "Print nothing; exit code 0 if the path is what is asked for, 1 if not.")
final class TestCommand extends ClusterCommand {
  /** Exactly one of these. */
  private static final class Question {
    @Option(names = "-e", description = "Something is there.")
    private boolean exists;

    @Option(names = "-d", description = "A directory is there.")
    private boolean directory;

    @Option(names = "-f", description = "A file is there.")
    private boolean file;
  }

  @ArgGroup(multiplicity = "1")
  private Question question;

  @Parameters(paramLabel = "PATH", description = "Absolute path.")
  private NamespacePath path;

  @Mixin private ReadMixin read;

  @Override
  protected void check() {
    read.check();
  }

  @Override
  protected ExitCodes run(MetadataClient client) {
    boolean answer = ask(client);
    if (json()) {
      output().json(Json.object().put("path", path).put("result", answer));
    }
    return answer ? ExitCodes.OK : ExitCodes.NO;
  }

  private boolean ask(MetadataClient client) {
    try {
      Answer<FileStatus> answer =
          client.getStatus(path.toString(), read.options(address().configuration()));
      new Staleness(output()).look(answer.served());
      InodeKind kind = answer.value().getKind();
      return question.exists
          || (question.directory && kind == InodeKind.DIRECTORY)
          || (question.file && kind == InodeKind.FILE);
    } catch (MetadataException e) {
      if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.NOT_A_DIRECTORY) {
        return false;
      }
      throw e;
    }
  }
}
