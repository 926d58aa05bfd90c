package io.cadastre.client;

/**
 * How `loadMetadata` works.
 *
 * @param recursive the whole subtree, not only the path and its children
 * @param force refresh what is known too, and take deletions over
 * @param overrideGuard write deletes that the mass-delete guard holds back
 * @param dryRun report the differences, change nothing
 */
public record LoadOptions(boolean recursive, boolean force, boolean overrideGuard, boolean dryRun) {
  public static final LoadOptions DEFAULT = new LoadOptions(false, false, false, false);

  public LoadOptions withRecursive(boolean newRecursive) {
    return new LoadOptions(newRecursive, force, overrideGuard, dryRun);
  }

  public LoadOptions withForce(boolean newForce) {
    return new LoadOptions(recursive, newForce, overrideGuard, dryRun);
  }

  public LoadOptions withOverrideGuard(boolean newOverride) {
    return new LoadOptions(recursive, force, newOverride, dryRun);
  }

  public LoadOptions withDryRun(boolean newDryRun) {
    return new LoadOptions(recursive, force, overrideGuard, newDryRun);
  }
}
