package io.cadastre.core.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** What several settings must agree on. */
final class ConfigRules {
  private final Configuration configuration;
  private final List<String> problems = new ArrayList<>();

  private ConfigRules(Configuration configuration) {
    this.configuration = configuration;
  }

  /** What is wrong, a line each; empty if all is well. */
  static List<String> problems(ConfigScope scope, Configuration configuration) {
    ConfigRules rules = new ConfigRules(configuration);
    if (scope == ConfigScope.MASTER) {
      rules.checkMaster();
    }
    return rules.problems;
  }

  private void checkMaster() {
    inOrder(ConfigKeys.RAFT_ELECTION_TIMEOUT_MIN, ConfigKeys.RAFT_ELECTION_TIMEOUT_MAX, true);
    inOrder(ConfigKeys.LOCK_EXCLUSIVE_PATIENCE, ConfigKeys.LOCK_TIMEOUT, false);
    inOrder(ConfigKeys.LIST_VIEW_IDLE, ConfigKeys.LIST_VIEW_LIFE, false);
    inOrder(ConfigKeys.UFS_BREAKER_PAUSE_MIN, ConfigKeys.UFS_BREAKER_PAUSE_MAX, false);
    inOrder(ConfigKeys.JOURNAL_BATCH_BYTES, ConfigKeys.JOURNAL_QUEUE_BYTES, false);
    checkName();
    checkBindAddress();
  }

  private <T extends Comparable<T>> void inOrder(
      ConfigKey<T> smaller, ConfigKey<T> larger, boolean strictly) {
    int order = configuration.get(smaller).compareTo(configuration.get(larger));
    if (order > 0 || (strictly && order == 0)) {
      problems.add(
          shown(smaller) + " must be " + (strictly ? "less than " : "at most ") + shown(larger));
    }
  }

  private void checkName() {
    ClusterMembers members = configuration.get(ConfigKeys.CLUSTER_MEMBERS);
    if (members.byName(configuration.get(ConfigKeys.MASTER_NAME)).isEmpty()) {
      problems.add(
          shown(ConfigKeys.MASTER_NAME)
              + " is not one of the members "
              + String.join(", ", members.names())
              + " of "
              + ConfigKeys.CLUSTER_MEMBERS
              + " ("
              + configuration.origin(ConfigKeys.CLUSTER_MEMBERS)
              + ")");
    }
  }

  private void checkBindAddress() {
    String address = configuration.get(ConfigKeys.MASTER_BIND_ADDRESS);
    try {
      if (!InetAddress.getByName(address).isLoopbackAddress()
          && !configuration.get(ConfigKeys.SECURITY_INSECURE_NETWORK)) {
        problems.add(
            shown(ConfigKeys.MASTER_BIND_ADDRESS)
                + " is not a loopback address, and callers are not authenticated yet; use"
                + " 127.0.0.1, or set "
                + ConfigKeys.SECURITY_INSECURE_NETWORK
                + "=true if everybody on that network may do anything");
      }
    } catch (UnknownHostException e) {
      problems.add(
          shown(ConfigKeys.MASTER_BIND_ADDRESS) + " is not an address that this machine can find");
    }
  }

  private String shown(ConfigKey<?> key) {
    return key + ": '" + configuration.shown(key) + "' (" + configuration.origin(key) + ")";
  }
}
