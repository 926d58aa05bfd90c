(ns td.core
  "A test is a map; `run-test!` takes it from an empty directory to a verdict.

    :name :dir :seed :concurrency
    :cluster      options of td.cluster/create!, replaced by the cluster
    :client       td.client/Client, opened once per thread and process
    :nemesis      see td.nemesis
    :generator    see td.generator
    :checker      see td.checker
    :before       optional: function of (test) before the first operation, with masters running
    :after        optional: function of (test) after the last operation, with masters running; its map is merged into
                  the test for the checker

  Added on the way: :masters, :admin, :pin, :initial (the namespace before the first operation)."
  (:refer-clojure :exclude [run!])
  (:require [clojure.java.io :as io]
            [td.cluster :as cluster]
            [td.interpreter :as interpreter]
            [td.log :as log]
            [td.model :as model]
            [td.namespace-client :as nc]
            [td.stalls :as stalls]
            [td.store :as store])
  (:import (io.cadastre.client Answer MetadataClient)
           (io.cadastre.core.api.proto CheckStateResult StateHashResult)
           (java.time Duration)))

(defn- initial
  "The namespace before the first operation; nobody changes it meanwhile."
  [^MetadataClient c]
  (let [^Answer answer (.getStatus c "/")
        root (nc/status (.value answer))
        listing (:answer (nc/invoke-with c {:f :list :value {:path "/" :recursive? true}}))]
    (assert (and (= model/root-id (:id root)) listing) (str "not a new cluster: " root))
    {:index (.stateIndex (.served answer))
     :state (model/state-of root listing)}))

(defn check-replicas
  "Has every replica hash its whole state at one index, and compares. To be called with all masters up."
  [{:keys [^MetadataClient admin cluster]}]
  (cluster/await-level admin (:nodes cluster) 60)
  (let [^CheckStateResult result (.checkState (.admin (.withTimeout admin (Duration/ofSeconds 60))))]
    {:verdict (keyword (.getVerdict result))
     :index (.getIndex result)
     :hashes (into (sorted-map)
                   (map (fn [^StateHashResult m] [(.getNode m) {:state (.getState m) :hash (.getHash m) :rows (.getRows m)}]))
                   (.getMembersList result))}))

(defn- run-on! [test cluster]
  (with-open [admin (nc/java-client (:masters cluster) {:timeout-ms 60000})]
    (cluster/start-all! cluster)
    (cluster/await-leader admin 120)
    (cluster/await-all admin (:nodes cluster) 120)
    (let [test (assoc test :cluster cluster :masters (:masters cluster) :admin admin :pin (atom nil))
          _ (when-let [before (:before test)] (before test))
          test (assoc test :initial (initial admin))
          stalls (stalls/watch!)
          history (interpreter/run! test)
          test (assoc test :stalls (stalls))]
      (store/save-history! (:dir test) history)
      (log/info (count history) "events in" (str (io/file (:dir test) "history.edn")))
      [(merge test (when-let [after (:after test)] (after test))) history])))

(defn run-test!
  "Runs a test; gives its results, which are also in results.edn under :dir."
  [test]
  (let [cluster (cluster/create! (:cluster test))
        dispose (Thread. ^Runnable #(cluster/dispose! cluster))]
    (.addShutdownHook (Runtime/getRuntime) dispose)
    (try
      (log/info "test" (:name test) "seed" (:seed test) "in" (str (:dir test)))
      (let [[test history] (run-on! test cluster)
            results (assoc ((:checker test) test history)
                           :name (:name test) :seed (:seed test) :stalls (:stalls test))]
        (store/save-results! (:dir test) results)
        results)
      (finally
        (cluster/dispose! cluster)
        (.removeShutdownHook (Runtime/getRuntime) dispose)))))
