(ns td.nemesis
  "Faults. A nemesis is a function of (test, operation) to the operation with what it did as its :value; td.interpreter runs
  it on a thread of its own. The test carries :cluster and :admin (a Java client for the harness's own questions).

    :kill-leader    kill -9 of whoever leads; waits until another one serves
    :kill-at        has whoever leads kill itself at the failpoint in :value; waits until another one serves
    :restart        starts what is dead; waits until everybody has caught up
    :kill-all       kill -9 of all, as close together as it gets
    :power-cut      freezes all, cuts their file systems off, kills them, mounts what is left
    :pause-leader   SIGSTOP of the leader, for the seconds in :value, then SIGCONT; remembers it under :pin
    :stop-load      ends td.generator/until-stopped"
  (:require [td.cluster :as cluster]
            [td.disk :as disk]
            [td.log :as log]))

;; A machine with much else to do takes its time to start a process.
(def ^:private patience-s 120)

(defn- nodes [test] (vals (get-in test [:cluster :nodes])))

(defn- leading [test] (get-in test [:cluster :nodes (cluster/await-leader (:admin test) patience-s)]))

(defn- kill-leader [test]
  (let [victim (leading test)]
    (cluster/kill! victim)
    {:killed (:name victim)
     :leader (cluster/await-leader (:admin test) patience-s (:name victim))}))

(def ^:private failpoint-exit-code 71)

(defn- kill-at [test point]
  (let [victim (leading test)]
    (cluster/arm! victim point)
    (cluster/await-true (str (:name victim) " to get to " point) patience-s #(not (cluster/alive? victim)))
    (when-not (= failpoint-exit-code (cluster/exit-code victim))
      (throw (IllegalStateException. (str (:name victim) " ended with exit code " (cluster/exit-code victim)))))
    (log/info (:name victim) "killed itself at" point)
    {:killed (:name victim)
     :at (keyword point)
     :leader (cluster/await-leader (:admin test) patience-s (:name victim))}))

(defn- restart [test]
  (let [dead (doall (remove cluster/alive? (nodes test)))]
    (run! #(cluster/start! (:cluster test) %) dead)
    (cluster/await-leader (:admin test) patience-s)
    ;; Under load nobody stands still: caught up means past where the foremost was.
    (let [target (reduce max 0 (map :applied (vals (cluster/infos (:admin test)))))]
      (cluster/await-true "all masters to catch up" patience-s
                          (fn []
                            (cluster/check-alive! dead)
                            (let [infos (vals (cluster/infos (:admin test)))]
                              (and (= (count infos) (count (nodes test)))
                                   (every? #(>= (:applied %) target) infos))))))
    {:started (mapv :name dead)}))

(defn- kill-all [test]
  (let [killers (doall (map #(future (cluster/kill! %)) (nodes test)))]
    (run! deref killers)
    {:killed (mapv :name (nodes test))}))

(defn- power-cut [test]
  (run! cluster/pause! (nodes test))
  (disk/cut-off! (map :disk (nodes test)))
  (run! cluster/kill! (nodes test))
  (run! #(disk/remount! (:disk %)) (nodes test))
  {:cut (mapv :name (nodes test))})

(defn- pause-leader [test seconds]
  (let [victim (leading test)]
    (reset! (:pin test) (:rpc victim))
    (cluster/pause! victim)
    (try
      (Thread/sleep (long (* 1000 seconds)))
      (finally (cluster/resume! victim)))
    {:paused (:name victim) :seconds seconds}))

(defn nemesis [test {:keys [f value] :as operation}]
  (try
    (assoc operation :value (case f
                              :kill-leader (kill-leader test)
                              :kill-at (kill-at test value)
                              :restart (restart test)
                              :kill-all (kill-all test)
                              :power-cut (power-cut test)
                              :pause-leader (pause-leader test value)
                              :stop-load value))
    (catch Exception e
      (log/warn "A fault failed:" f e)
      (assoc operation :error [:failed (.getMessage e)]))))
