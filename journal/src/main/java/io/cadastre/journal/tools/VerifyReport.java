package io.cadastre.journal.tools;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Outcome of a verification.
 *
 * @param checked name and figure of each thing that was looked at, in order; `state hash` and
 *     `rows` among them if the store could be read to its end
 */
public record VerifyReport(Map<String, String> checked, List<Finding> findings) {
  /** How bad it is. */
  public enum Severity {
    /** The master works, but somebody should know. */
    WARNING,
    /** Data is damaged or missing: the master must not be started like this. */
    ERROR
  }

  /**
   * One problem.
   *
   * @param what a sentence without a full stop
   * @param advice what to do about it
   */
  public record Finding(Severity severity, String what, String advice) {
    @Override
    public String toString() {
      return severity + ": " + what + ": " + advice;
    }
  }

  public VerifyReport {
    checked = Collections.unmodifiableMap(new LinkedHashMap<>(checked));
    findings = List.copyOf(findings);
  }

  /** Whether nothing is damaged; warnings do not count. */
  public boolean ok() {
    return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
  }
}
