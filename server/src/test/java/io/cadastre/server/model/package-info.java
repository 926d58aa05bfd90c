/**
 * The whole cluster against a plain namespace. {@link io.cadastre.server.model.ModelRun} is to be
 * opened first: it does the steps of a {@link io.cadastre.server.model.Scenario} on three masters
 * in this process (real Raft over loopback, a RocksDB store each, wired as in the product), and
 * holds them against {@link io.cadastre.server.model.Namespace} with its stores.
 *
 * <ul>
 *   <li>What is done: {@code Drawing} draws the operations, {@code FaultSchedule} the faults
 *       between them, both with {@code Dice}, from the seed.
 *   <li>Who does it: {@code Mutations}, {@code Bursts}, {@code Races}, {@code GivenUpCalls}, {@code
 *       AbandonedCalls}, {@code Reads}, {@code Loads} and {@code Faults}; what they share is the
 *       {@code World}.
 *   <li>What must come of it: {@code Namespace} for operations, {@code SyncModel} for syncs, {@code
 *       Marks} for what is compared unasked, {@code AbsentPaths} for what is not asked for again,
 *       {@code Aftermath} for changes whose leader went away.
 *   <li>What is looked at: {@code Comparison} and {@code AtRest}; the invariants themselves are
 *       listed in {@code Invariants}, apart from all that.
 * </ul>
 *
 * <p><b>How it works.</b> What each operation does to the namespace is known beforehand, so the
 * plain namespace is used twice: to draw steps that make sense, and to judge the answers. Between
 * two steps nothing is on its way but faults, which happen on a thread of their own. Within a step
 * there may be many operations at once: those of a burst do not touch each other's paths, so their
 * answers do not depend on their order; for those of a race some order must explain all answers
 * ({@code Serialisation}). What became of an operation whose leader went away is found out by
 * asking again under the same operation id. Stores are in memory and changed behind the cluster's
 * back; {@code SyncModel} says what a sync must make of that, also when the store fails. Where the
 * store is not as known, a later leader may give a change up that it found begun: which one depends
 * on the moment, so that is found out from the journal ({@code Aftermath}). From then on its
 * directories are due, whatever a read asks for, and the run may leave out what was drawn for a
 * namespace without that.
 *
 * <p><b>What follows from the seed.</b> Operations, changes of stores and before which step each
 * fault begins. Not the moments: threads, elections and the network are real. The digest that is
 * printed is that of all steps and faults. When an invariant does not hold, the history is saved
 * under {@code target/model/SEED/history.txt} with how to run it again.
 *
 * <p><b>How planted bugs are found</b> (each by a test that plants it and expects the failure, see
 * {@code ModelTest} and {@code PlantedBug}):
 *
 * <ul>
 *   <li>One replica leaves out one entry: the states of the replicas are not equal any more
 *       (REPLICAS), or that replica halts at a later record that does not fit (MASTERS), or answers
 *       wrongly once it leads (ANSWERS, LISTINGS).
 *   <li>No term fence: the fault LATE_ENTRY hands the log an entry that was planned in an earlier
 *       term; its directory shows in the next listing of everything (LISTINGS). {@code
 *       JournalWriterTest.anEntryOfAnotherTermHasNoEffect} looks at the same alone.
 *   <li>Locks freed at the caller's deadline: in a step {@code GivenUp} a caller stops waiting
 *       while the store is slow, and a second one wants the path; it is let in (LOCKS_STAY).
 *   <li>A stale entry in the cache of directories: after a directory was renamed or removed, a path
 *       through its old name still resolves to it (ANSWERS, LISTINGS, IDS), or a record is planned
 *       that does not fit (MASTERS). {@code DirectoryCacheStressTest} looks at the cache alone.
 * </ul>
 *
 * <p>Tests only; nothing of it is reached from a configuration.
 */
package io.cadastre.server.model;
