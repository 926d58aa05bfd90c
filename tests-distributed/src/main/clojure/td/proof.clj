(ns td.proof
  "The proofs of issue 2 that need faults: what is run, and what must come out. Each gives
  {:verdict :pass|:fail|:skipped, :lines what to print}."
  (:require [clojure.java.io :as io]
            [clojure.string :as str]
            [td.checker :as checker]
            [td.core :as core]
            [td.disk :as disk]
            [td.generator :as gen]
            [td.mounted :as mounted]
            [td.nemesis :as nemesis]
            [td.workload :as workload])
  (:import (java.io File)))

(defn- fault [f & [value]] (cond-> {:f f} value (assoc :value value)))

(def ^:private stop-load {:f :stop-load})

(defn- test-map
  "A test from the command line's options."
  [{:keys [dir base-port seed]} name {:keys [client] :as chosen} {:keys [concurrency rate faults properties environment disk failpoints checkers]}]
  {:name name
   :dir (str (io/file dir name))
   :seed seed
   :concurrency concurrency
   :cluster {:dir (str (io/file dir name "cluster"))
             :base-port base-port
             :disk (or disk :dir)
             :properties properties
             :environment environment
             :failpoints failpoints}
   :client client
   :nemesis nemesis/nemesis
   :generator (workload/course chosen rate faults)
   :checker (checker/compose (merge (:checkers chosen) checkers))})

(defn- replicas-too [test]
  (-> test
      (update :after (fn [after]
                       (fn [test] (merge (when after (after test)) {:replicas (core/check-replicas test)}))))
      (update :checker (fn [check]
                         (fn [test history]
                           (let [results (check test history)
                                 replicas (checker/replicas test history)]
                             (assoc results
                                    :replicas replicas
                                    :valid? (checker/merge-valid [(:valid? results) (:valid? replicas)]))))))))

(defn- rows [& pairs]
  (for [[label value] (partition 2 pairs)] (format "  %-58s %s" label value)))

(defn- kept-rows [{:keys [replay operation-ids replicas errors]}]
  (let [anomalies (:anomaly-counts replay)]
    (rows "acknowledged mutations, every one replayed" (:acknowledged-mutations replay)
          "readings and refusals, every one compared" (str (:reads replay) " and " (:refusals replay))
          "of unknown outcome (of these without effect)" (str (:unknown replay) " (" (:unknown-without-effect replay) ")")
          "answers that differ: lost, applied twice, or wrong" (reduce + (vals anomalies))
          "answered again under their operation id" (str (:repeated-answers replay) " by the client's own retries, "
                                                         (:sent-thrice operation-ids) " sent three times on purpose, "
                                                         (:over-a-failover operation-ids) " of them over a failover, "
                                                         (count (:wrong operation-ids)) " wrong")
          "errors that speak of a defect" (count (:defects errors))
          "state hashes of the replicas" (str (some-> (:verdict replicas) name) " "
                                              (update-vals (:hashes replicas) #(subs (str (:hash %) "            ") 0 12))))))

(defn- verdict [results] (if (true? (:valid? results)) :pass :fail))

;; ---- 2: the leader is killed, again and again

(defn- outside-mounts [options kills]
  (let [results (core/run-test!
                 (replicas-too
                  (test-map options "foundation-2" (workload/mixed)
                            {:concurrency 16
                             :rate 400
                             :faults (concat [(gen/sleep 3)]
                                             (mapcat (fn [_] [(fault :kill-leader) (gen/sleep 1) (fault :restart) (gen/sleep 1)])
                                                     (range kills))
                                             [stop-load])
                             :checkers {:write-gaps (checker/write-gaps #{:kill-leader} (if (< kills 20) 8000 3000))
                                        :faults (checker/faults-happened {:kill-leader kills :restart kills})}})))
        gaps (:write-gaps results)]
    {:verdict (verdict results)
     :results results
     :lines (concat
             [(str "Outside mounts: kill -9 of the leader under 16 writers, " kills " times")]
             (kept-rows results)
             (rows (str "write gap, ms: p50, max (at most " (if (< kills 20) 8000 3000) ")") (apply format "%.0f, %.0f" (map #(double (or % -1)) [(:p50-ms gaps) (:max-ms gaps)]))
                   "write gaps, ms" (pr-str (:all-ms gaps))
                   "stalls of this machine: longest, ms; over 100 ms" (str (get-in results [:stalls :max-ms]) "; "
                                                                           (get-in results [:stalls :over-100-ms]))
                   "kills that happened" (get-in results [:faults :counts :kill-leader])))}))

(def ^:private other-points ["intent-opened" "before-effect" "effect-applied"])

(defn- points
  "Where the leader kills itself: so many times between the store's change and the journal, and once more somewhere else
  after every fourth."
  [kills]
  (mapcat (fn [i] (if (= 3 (mod i 4)) ["store-change-done" (nth other-points (mod (quot i 4) 3))] ["store-change-done"]))
          (range kills)))

(defn- on-a-writable-mount [options kills]
  (let [points (points kills)
        all (count points)
        results (core/run-test!
                 (-> (test-map options "foundation-2-mount" (workload/mounted)
                               {:concurrency 16
                                :rate 200
                                :failpoints (distinct points)
                                :properties {"cadastre.master.ufs.deadline" "1s"}
                                :faults (concat [(gen/sleep 3)]
                                                (mapcat (fn [point]
                                                          [(fault :kill-at point) (gen/sleep 1) (fault :restart) (gen/sleep 1)])
                                                        points)
                                                ;; Until what the last kill has left open is settled.
                                                [(gen/sleep 5) stop-load])
                                :checkers {:faults (checker/faults-happened {:kill-at all :restart all})}})
                     (assoc :before mounted/mount!
                            :after (fn [test] {:mounted (mounted/check test)}))
                     replicas-too))
        {:keys [before after loads updated-directories unchanged?]} (:store results)
        differing #(reduce + (map count ((juxt :only-in-store :only-in-namespace :differing) %)))]
    {:verdict (verdict results)
     :results results
     :lines (concat
             [(str "On a writable mount: the leader kills itself at a failpoint under 16 writers, " all " times")]
             (kept-rows results)
             (rows "kills that happened; planned by failpoint" (str (get-in results [:faults :counts :kill-at]) "; "
                                                                        (pr-str (frequencies points)))
                   "calls under way at a kill, answered from its effect" (get-in results [:settled :retried])
                   "entries of the store; differing from the namespace" (str (:entries before) "; " (differing before))
                   "forced load of everything: changes" (pr-str (first loads))
                   "of these directories that only got their store's time" updated-directories
                   "forced load again: changes" (pr-str (second loads))
                   "entries after it; differing; all as before, with their ids" (str (:entries after) "; " (differing after) "; "
                                                                                     unchanged?)))}))

(defn foundation-2 [{:keys [small] :as options}]
  (let [kills (if small 3 20)
        outside (outside-mounts options kills)
        mount (on-a-writable-mount options kills)]
    {:verdict (if (every? #(= :pass (:verdict %)) [outside mount]) :pass :fail)
     :results {:outside (:results outside) :mount (:results mount)}
     :lines (concat (:lines outside) (:lines mount))}))

;; ---- 3: kill -9 of all; power cut

(defn- kill-all-test [options rounds]
  (replicas-too
   (test-map options "foundation-3-kill-all" (workload/mixed)
             {:concurrency 16
              :rate 400
              :faults (concat [(gen/sleep 4)]
                              (mapcat (fn [_] [(fault :kill-all) (fault :restart) (gen/sleep 4)]) (range rounds))
                              [stop-load])
              :checkers {:write-gaps (checker/write-gaps #{:kill-all} 60000)
                         :faults (checker/faults-happened {:kill-all rounds :restart rounds})}})))

(defn- power-cut-test [options name cuts properties environment]
  (test-map options name (workload/mixed)
            {:concurrency 16
             :rate 400
             :disk :loop
             :properties properties
             :environment environment
             :faults (concat [(gen/sleep 6)]
                             (mapcat (fn [_] [(fault :power-cut) (fault :restart) (gen/sleep 4)]) (range cuts))
                             [stop-load])
             :checkers {:faults (checker/faults-happened {:power-cut cuts})}}))

(defn- torn-ends
  "How often a master has said in its log that it cut the end of its journal off."
  [options name]
  (->> (file-seq (io/file (:dir options) name "cluster"))
       (filter #(re-matches #"m\d+\.log" (.getName ^File %)))
       (mapcat (comp str/split-lines slurp))
       (filter #(str/includes? % "TornTail"))
       count))

(defn- refusals
  "What masters have said last, if it is about their journal: why they refused to start."
  [options name]
  (->> (file-seq (io/file (:dir options) name "cluster"))
       (filter #(= "out.log" (.getName ^File %)))
       (keep (comp last (partial remove str/blank?) str/split-lines slurp))
       (filter #(re-find #"(?i)\b(log|journal|segment|entry|entries|index|snapshot)\b" %))))

(defn- control-loses
  "What the run without fsync must show: loss that the checkers see, or masters that refuse to go on. Anything else would
  mean that the power cut cuts nothing."
  [options]
  (let [results (core/run-test! (power-cut-test options "foundation-3-no-fsync" 1
                                                {"cadastre.master.raft.unsafe.no.fsync" "true"}
                                                {"LD_PRELOAD" (disk/no-sync! (io/file (:dir options)))}))
        lost (get-in results [:replay :anomaly-counts])
        refused (refusals options "foundation-3-no-fsync")
        counts (get-in results [:faults :counts])]
    (cond
      (not= 1 (:power-cut counts)) {:seen? false :how "the power cut failed"}
      (seq lost) {:seen? true :how (str "loss seen by the checker: " lost)}
      (and (nil? (:restart counts)) (seq refused)) {:seen? true :how (str "masters refused to start: " (first refused))}
      :else {:seen? false :how "nothing was lost"})))

(def ^:private power-cuts 3)

(defn foundation-3 [{:keys [small] :as options}]
  (let [rounds (if small 1 3)
        killed (core/run-test! (kill-all-test options rounds))
        why-not (when-not small (disk/unavailable))
        cut? (and (not small) (nil? why-not))
        cut (when cut? (core/run-test! (replicas-too (power-cut-test options "foundation-3-power-cut" power-cuts {} {}))))
        control (when cut? (control-loses options))]
    {:verdict (cond
                (not= :pass (verdict killed)) :fail
                small :pass
                (not cut?) :skipped
                (and (= :pass (verdict cut)) (:seen? control)) :pass
                :else :fail)
     :results {:kill-all killed :power-cut cut :control control}
     :lines (concat
             [(str "kill -9 of all three under 16 writers, " rounds " times")]
             (kept-rows killed)
             (rows "time without acknowledged writes, ms" (pr-str (get-in killed [:write-gaps :all-ms])))
             (cond
               small ["Power cut: not in the small form"]
               (not cut?) [(str "Power cut: SKIPPED, needs root, loop devices, mkfs.ext4, python3 and cc"
                                " (on Debian: apt-get install e2fsprogs python3 gcc libc6-dev): " why-not)]
               :else (concat [(str "Power cut of all three under 16 writers (file systems cut off, unsynced data gone), " power-cuts " times")]
                             (kept-rows cut)
                             (rows "torn ends of logs, cut off at the start" (torn-ends options "foundation-3-power-cut"))
                             ["Control: the same without syncs of the log must lose something"]
                             (rows "seen" (:how control)))))}))

;; ---- 4: a paused leader must not answer

(defn- pause-test [options name pauses properties]
  (test-map options name (workload/named "pinned")
            {:concurrency 20
             :faults (concat [(gen/sleep 2)]
                             (mapcat (fn [_] [(fault :pause-leader 6) (gen/sleep 2)]) (range pauses))
                             [stop-load])
             :properties properties
             :checkers {:faults (checker/faults-happened {:pause-leader pauses})}}))

(defn- pause-rows [{:keys [counters]}]
  (rows "acknowledged writes through the new leaders" (:writes counters)
        "linearizable answers, of these from the paused master" (str (:reads counters) ", " (:reads-of-the-paused counters))
        "refusals of the paused master" (pr-str (:refusals-of-the-paused counters))
        "reads that lay in its sockets when it was resumed" (:waiting-at-resume counters)
        "stale by value, by state index" (str (:stale-by-value counters) ", " (:stale-by-index counters))))

(defn foundation-4 [{:keys [small] :as options}]
  (let [pauses (if small 3 30)
        control-pauses (if small 2 6)
        results (core/run-test! (pause-test options "foundation-4" pauses {}))
        control (core/run-test! (pause-test options "foundation-4-no-lease" control-pauses
                                            {"cadastre.master.raft.lease" "false"}))
        caught (+ (get-in control [:counters :stale-by-value] 0) (get-in control [:counters :stale-by-index] 0))]
    {:verdict (if (and (= :pass (verdict results)) (pos? caught)) :pass :fail)
     :results {:pauses results :control control}
     :lines (concat [(str "SIGSTOP of the leader for 6 s, " pauses " times; 16 readers at the paused master, 4 writers")]
                    (pause-rows results)
                    [(str "Control without lease and leadership check, " control-pauses " pauses: must catch a stale answer")]
                    (pause-rows control))}))

(def proofs {"foundation-2" foundation-2
             "foundation-3" foundation-3
             "foundation-4" foundation-4})
