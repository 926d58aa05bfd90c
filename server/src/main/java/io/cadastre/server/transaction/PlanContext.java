package io.cadastre.server.transaction;

import io.cadastre.core.path.NamespacePath;
import io.cadastre.journal.apply.AppliedView;

/**
 * What an operation plans with: the newest published state, read after all its locks were taken;
 * cluster time; fresh ids.
 *
 * @param nowMillis cluster time, UTC milliseconds; the same for the whole plan
 */
public record PlanContext(
    AppliedView view, PathResolver resolver, Caller caller, long nowMillis, InodeIdAllocator ids) {

  /** Resolves a path for the caller in this context's view. */
  public Resolution resolve(NamespacePath path) {
    return resolver.resolve(view, path, caller);
  }
}
