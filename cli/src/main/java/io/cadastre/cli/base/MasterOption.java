package io.cadastre.cli.base;

import io.cadastre.client.MetadataClient;
import io.cadastre.client.NodeAnswer;
import io.cadastre.core.api.proto.NodeInfo;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The choice of one master, by default the one that leads. */
public final class MasterOption {
  @Option(
      names = "--master",
      paramLabel = "NAME",
      description = "The master of this name, or HOST:PORT; by default the one that leads.")
  private String master;

  /**
   * Its client address, host:port.
   *
   * @throws CliFailure UNAVAILABLE if there is no such master now
   */
  public String address(MetadataClient client) {
    if (master != null && master.contains(":")) {
      return master;
    }
    List<NodeAnswer> answers = client.admin().nodeInfos();
    return answers.stream()
        .filter(answer -> answer.info().filter(this::isChosen).isPresent())
        .map(NodeAnswer::master)
        .findFirst()
        .orElseThrow(() -> new CliFailure(ExitCodes.UNAVAILABLE, nobody(answers)));
  }

  private boolean isChosen(NodeInfo info) {
    return master == null ? info.getRole().equals("LEADER") : info.getNode().equals(master);
  }

  private String nobody(List<NodeAnswer> answers) {
    List<String> said =
        answers.stream()
            .map(
                answer ->
                    answer.master()
                        + " "
                        + answer
                            .info()
                            .map(info -> "is " + info.getNode() + ", " + info.getRole())
                            .orElse("does not answer"))
            .toList();
    Optional<String> name = Optional.ofNullable(master);
    return (name.isPresent() ? "No master '" + name.get() + "' answers: " : "No master leads: ")
        + String.join("; ", said);
  }
}
