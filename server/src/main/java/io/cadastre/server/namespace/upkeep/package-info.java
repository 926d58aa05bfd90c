/**
 * What the leader does by itself: {@link io.cadastre.server.namespace.upkeep.LeaderTasks} runs the
 * tasks of a term, {@link io.cadastre.server.namespace.upkeep.Reclaimer} removes detached subtrees,
 * {@link io.cadastre.server.namespace.upkeep.OperationExpirer} old answers, {@link
 * io.cadastre.server.namespace.upkeep.IntentSettler} finds out what became of store changes. {@link
 * io.cadastre.server.namespace.upkeep.LoadWorker} and {@link
 * io.cadastre.server.namespace.upkeep.ScheduleKeeper} drive loads of the background and schedules,
 * {@link io.cadastre.server.namespace.upkeep.FormatRaiser} raises the format after an upgrade.
 * Imports `server.transaction`, `server.sync`, `namespace.through` and `journal`; used by
 * `server.bootstrap`. Invariant: a piece of work is bounded, journaled, and can be taken up by the
 * next leader where it was left.
 */
package io.cadastre.server.namespace.upkeep;
