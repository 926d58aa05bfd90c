(ns td.checker
  "Checkers: functions of (test, history) to {:valid? true|false|:unknown ...}."
  (:require [td.history :as history]
            [td.replay :as replay]
            [td.wgl :as wgl]))

(defn merge-valid
  "false beats :unknown beats true."
  [valids]
  (cond (some false? valids) false
        (some #(= :unknown %) valids) :unknown
        :else true))

(defn compose
  "All of these checkers, by name. One that throws is :unknown and says why."
  [checkers]
  (fn [test history]
    (let [results (update-vals checkers
                               #(try (% test history)
                                     (catch Throwable e
                                       (.printStackTrace e)
                                       {:valid? :unknown :error (str e)})))]
      (assoc results :valid? (merge-valid (map :valid? (vals results)))))))

(defn replayed
  "See td.replay; the test says where it began under :initial."
  [test history]
  (replay/check (:initial test) history))

(defn registers
  "Every key's history is linearizable by itself, by td.wgl; and answers' state indexes agree with real time."
  [_ history]
  (let [operations (filter #(#{:read :write :cas} (:f %)) (history/operations history))
        by-key (group-by #(first (:value %)) operations)
        results (update-vals by-key
                             (fn [operations]
                               (wgl/check (map #(assoc % :value (second (if (= :ok (:type %)) (:result %) (:value %))))
                                               operations))))
        wrong (into {} (remove #(true? (:valid? (val %)))) results)
        stale (replay/real-time-anomalies (map #(assoc % :answer {:changed (not= :read (:f %))}) operations))]
    {:valid? (merge-valid (cons (empty? stale) (map :valid? (vals results))))
     :keys (count by-key)
     :operations (count operations)
     :acknowledged (count (filter #(= :ok (:type %)) operations))
     :stale-by-index (count stale)
     :first-stale (first stale)
     :wrong (into {} (take 5) wrong)}))

(defn counters
  "Registers that one thread each counts up (see td.pinned). A reading is stale if it shows less than was acknowledged
  before it was asked for, by value or by state index; it is from the future if it shows more than anybody had sent."
  [test history]
  (let [operations (filter #(#{:read :write} (:f %)) (history/operations history))
        key-of #(if (= :ok (:type %)) (first (:result %)) (mod (:process %) (:concurrency test)))
        writes (filter #(= :write (:f %)) operations)
        reads (filter #(and (= :read (:f %)) (= :ok (:type %))) operations)
        running (fn [time-of ops]
                  (first (reduce (fn [[m best] op]
                                   (let [best (max best (second (or (:result op) (:value op))))] [(assoc m (time-of op) best) best]))
                                 [(sorted-map) 0]
                                 (sort-by time-of ops))))
        by-key (group-by key-of writes)
        acknowledged (update-vals by-key #(running :to (filter (fn [w] (= :ok (:type w))) %)))
        sent (update-vals by-key #(running :from %))
        before (fn [m time] (or (some-> m (rsubseq < time) first val) 0))
        judged (for [{[k v] :result :keys [from to] :as r} reads
                     :let [v (or v 0)]]
                 (assoc r :behind (< v (before (acknowledged k) from)) :ahead (> v (before (sent k) to))))
        indexed (map #(assoc % :answer {:changed (= :write (:f %))}) operations)
        stale-index (replay/real-time-anomalies indexed)
        ;; What lay in the paused master's sockets when it was resumed: sent before, and answered or given up after.
        resumes (map :time (filter #(= :pause-leader (:f %)) (history/faults history)))
        waiting (filter (fn [{:keys [pin from to]}] (and pin to (some #(< from % to) resumes))) operations)
        wrong? (or (some :behind judged) (some :ahead judged) (seq stale-index))]
    {:valid? (cond wrong? false
                   (and (seq resumes) (empty? waiting)) :unknown
                   :else true)
     :waiting-at-resume (count waiting)
     :refusals-of-the-paused (frequencies (map (comp first :error) (filter #(and (:pin %) (= :fail (:type %))) operations)))
     :writes (count (filter #(= :ok (:type %)) writes))
     :reads (count reads)
     :reads-of-the-paused (count (filter :pin reads))
     :stale-by-value (count (filter :behind judged))
     :stale-by-index (count stale-index)
     :from-the-future (count (filter :ahead judged))
     :first-stale (some-> (first (filter :behind judged)) (select-keys [:result :idx :node :from :to :pin]))
     :first-stale-by-index (first stale-index)}))

(defn answered-once
  "Operations that were sent several times under one operation id got their first answer each time, marked as repeated, or
  none."
  [_ history]
  (let [thrice (filter :answers (history/operations history))
        wrong (remove (fn [{[one & others] :answers}]
                        (every? (fn [{:keys [answer]}]
                                  (and (:repeated answer)
                                       (= (select-keys (:answer one) [:id :idx]) (select-keys answer [:id :idx]))))
                                (remove nil? others)))
                      thrice)
        terms (fn [{:keys [answers]}] (count (distinct (map #(get-in % [:answer :term]) answers))))]
    {:valid? (empty? wrong)
     :sent-thrice (count thrice)
     :unanswered (count (filter #(some nil? (:answers %)) thrice))
     :over-a-failover (count (filter #(< 1 (terms %)) thrice))
     :wrong (vec (take 5 (map #(select-keys % [:value :answers]) wrong)))}))

(defn- answered-again?
  "Whether a call got the answer of an earlier sending of itself: also the first answer, if it was sent three times on purpose."
  [{:keys [answer answers]}]
  (if-let [got (seq (remove nil? answers))]
    (every? (comp :repeated :answer) got)
    (:repeated answer)))

(defn settled
  "Each kill of a leader behind a change of the store hit an operation under way whose retry got the answer of that very
  change; else the run is :unknown, since it shows nothing."
  [_ history]
  (let [repeated (filter answered-again? (history/operations history))
        ;; The nemesis does one thing at a time.
        kills (for [[begun done] (partition 2 (filter #(= :nemesis (:process %)) history))
                    :when (and (= :kill-at (:f done)) (not (:error done)) (not= :intent-opened (get-in done [:value :at])))]
                [(get-in done [:value :at]) (:time begun) (:time done)])
        counts (vec (for [[point begun done] kills]
                      [point (count (filter #(and (< (:from %) done) (< begun (:to %))) repeated))]))]
    {:valid? (if (and (seq counts) (every? (comp pos? second) counts)) true :unknown)
     :retried-per-kill counts
     :retried (reduce + (map second counts))}))

(defn store-agrees
  "What the namespace shows of a mount is what its store has, before and after forced comparisons, which change nothing, inode
  ids included, but for the times of directories in the first one; see td.mounted, whose findings the test carries under
  :mounted."
  [test _]
  (let [{:keys [before after loads updated-directories updated-others unchanged?] :as found} (:mounted test)
        [first-load second-load] loads
        same? #(and (pos? (:entries %)) (every? empty? (map % [:only-in-store :only-in-namespace :differing])))]
    (assoc found :valid? (cond (nil? found) :unknown
                               (and (same? before)
                                    (same? after)
                                    unchanged?
                                    (empty? updated-others)
                                    (= updated-directories (:updated first-load))
                                    (every? zero? (vals (dissoc first-load :updated)))
                                    (every? zero? (vals second-load))) true
                               :else false))))

(defn replicas
  "All replicas had one state hash; see td.core/check-replicas, whose answer the test carries under :replicas."
  [test _]
  (let [{:keys [verdict] :as found} (:replicas test)]
    (assoc found :valid? (case verdict :EQUAL true :DIFFERENT false :unknown))))

(defn set-full
  "Elements are added once each (:add n) and read all at once (:elements -> set). An acknowledged element is in every later
  reading; one that was refused in none; one that was seen stays."
  [_ history]
  (let [operations (history/operations history)
        adds (filter #(= :add (:f %)) operations)
        readings (filter #(and (= :elements (:f %)) (= :ok (:type %))) operations)
        final (last (sort-by :from readings))
        attempted (into #{} (map :value) adds)
        missing-in (fn [{:keys [from result]}]
                     (filter #(and (= :ok (:type %)) (< (:to %) from) (not (contains? result (:value %)))) adds))
        vanished (fn [[earlier later]]
                   (when (< (:to earlier) (:from later))
                     (remove (:result later) (:result earlier))))
        lost (when final (map :value (missing-in final)))
        stale (distinct (mapcat #(map :value (missing-in %)) readings))
        gone (distinct (mapcat vanished (partition 2 1 (sort-by :from readings))))
        unexpected (remove attempted (mapcat :result readings))
        refused (filter (into #{} (mapcat :result) readings)
                        (map :value (filter #(= :fail (:type %)) adds)))]
    {:valid? (cond (some seq [lost stale gone unexpected refused]) false
                   (nil? final) :unknown
                   :else true)
     :added (count (filter #(= :ok (:type %)) adds))
     :readings (count readings)
     :lost (vec (take 20 lost))
     :stale (vec (take 20 stale))
     :vanished (vec (take 20 gone))
     :unexpected (vec (take 20 unexpected))
     :refused-but-there (vec (take 20 refused))}))

(def ^:private defects
  "Errors that no client of a healthy or failing cluster should ever see, if nobody else changes its stores."
  #{:OUT_OF_SYNC :STORE_REFUSED :STORE_ROOT_CHANGED :GUARDED :INTERNAL :CORRUPT :UNSUPPORTED :OPERATION_ID_REUSED :OPERATION_ID_EXPIRED :EPOCH_CHANGED :UNAUTHENTICATED
    :PERMISSION_DENIED :exception})

(defn errors
  "No answer speaks of a defect; counts of all."
  [_ history]
  (let [failed (filter :error (history/operations history))
        bad (filter #(defects (first (:error %))) failed)]
    {:valid? (empty? bad)
     :counts (frequencies (map (comp first :error) failed))
     :defects (vec (take 5 bad))}))

(defn stats
  "Every kind of operation succeeded at least once, else the run proves nothing about it."
  [_ history]
  (let [operations (history/operations history)
        by-f (update-vals (group-by :f operations) #(frequencies (map :type %)))]
    {:valid? (if (every? #(pos? (:ok % 0)) (vals by-f)) true :unknown)
     :by-f by-f}))

(defn- quantile [sorted q]
  (when (seq sorted) (nth sorted (min (dec (count sorted)) (long (* q (count sorted)))))))

(defn write-gaps
  "For every fault of these kinds, the longest time in ms without an acknowledged mutation from just before it until the
  next fault; valid if none exceeds the limit."
  [fs limit-ms]
  (fn [_ history]
    (let [acks (->> (history/operations history)
                    (filter #(and (= :ok (:type %)) (get-in % [:answer :changed])))
                    (map :to) sort vec)
          ;; The invocation of a fault: it happens between that and its completion.
          begun (->> history
                     (filter #(and (= :nemesis (:process %)) (= :invoke (:type %)) (fs (:f %))))
                     (map :time))
          gaps (for [[from until] (partition 2 1 (concat begun [Long/MAX_VALUE]))
                     :let [before (last (take-while #(<= % from) acks))
                           inside (filter #(< from % until) acks)
                           times (cond->> inside before (cons before))]
                     :when (< 1 (count times))]
                 (/ (reduce max (map - (rest times) times)) 1e6))
          faults (count begun)
          sorted (vec (sort gaps))]
      {:valid? (cond (< (count gaps) faults) false
                     (empty? gaps) :unknown
                     :else (<= (peek sorted) limit-ms))
       :faults faults
       :p50-ms (some-> (quantile sorted 0.5) double)
       :max-ms (some-> (peek sorted) double)
       :all-ms (mapv #(Math/round (double %)) gaps)})))

(defn faults-happened
  "The planned faults really took place; else the run is :unknown."
  [wanted]
  (fn [_ history]
    (let [counts (frequencies (map :f (remove :error (history/faults history))))]
      {:valid? (if (every? (fn [[f n]] (>= (get counts f 0) n)) wanted) true :unknown)
       :wanted wanted
       :counts counts})))
