package io.cadastre.journal.tools;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a verification collects: figures in order, and problems up to a limit. */
final class Findings {
  private static final int LIMIT = 100;

  private final Map<String, String> checked = new LinkedHashMap<>();
  private final List<VerifyReport.Finding> findings = new ArrayList<>();
  private long left;

  void figure(String name, Object value) {
    checked.put(name, String.valueOf(value));
  }

  void error(String what, String advice) {
    add(VerifyReport.Severity.ERROR, what, advice);
  }

  void warning(String what, String advice) {
    add(VerifyReport.Severity.WARNING, what, advice);
  }

  private void add(VerifyReport.Severity severity, String what, String advice) {
    if (findings.size() < LIMIT) {
      findings.add(new VerifyReport.Finding(severity, what, advice));
    } else {
      left++;
    }
  }

  VerifyReport report() {
    if (left > 0) {
      findings.add(
          new VerifyReport.Finding(
              VerifyReport.Severity.ERROR,
              left + " more problems are not shown",
              "start with those that are"));
    }
    return new VerifyReport(checked, findings);
  }
}
