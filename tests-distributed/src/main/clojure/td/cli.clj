(ns td.cli
  "The command line: `scripts/jepsen help` prints what it takes."
  (:require [clojure.java.io :as io]
            [clojure.pprint :as pprint]
            [clojure.string :as str]
            [td.checker :as checker]
            [td.core :as core]
            [td.generator :as gen]
            [td.nemesis :as nemesis]
            [td.proof :as proof]
            [td.workload :as workload])
  (:import (java.lang.management ManagementFactory)
           (java.time LocalDateTime)
           (java.time.format DateTimeFormatter)))

(def ^:private usage
  "scripts/jepsen run [OPTIONS]            one workload under one kind of fault
scripts/jepsen proof NAME [--small]     foundation-2, foundation-3 or foundation-4

  --workload W     mixed, register or set (mixed)
  --fault F        none, kill-leader, kill-all, pause-leader or power-cut (kill-leader)
  --times N        faults (5)
  --rate N         operations per second, about (400)
  --concurrency N  clients (16)
  --seed N         of the operations; printed, so that a run can be repeated (from the clock)
  --dir DIR        where histories and logs go (tests-distributed/target/store/TIME)
  --base-port N    first of 30 ports (23000)

Exit codes: 0 as it must be, 1 not so, 2 usage, 77 skipped for want of what the machine lacks.")

(def ^:private defaults
  {:workload "mixed" :fault "kill-leader" :times 5 :rate 400 :concurrency 16 :base-port 23000})

(def ^:private numbers #{:times :rate :concurrency :seed :base-port})

(defn parse
  "{:command :name ...options}, or {:error text}."
  [arguments]
  (loop [[argument & more] arguments, options {}]
    (cond
      (nil? argument) (merge defaults options)
      (= "--small" argument) (recur more (assoc options :small true))
      (str/starts-with? argument "--")
      (let [k (keyword (subs argument 2))
            value (first more)]
        (cond
          (not (contains? (into #{:workload :fault :dir} numbers) k)) {:error (str "unknown option " argument)}
          (nil? value) {:error (str argument " needs a value")}
          (numbers k) (if-let [n (parse-long value)]
                        (recur (rest more) (assoc options k n))
                        {:error (str argument " needs a number, not " value)})
          :else (recur (rest more) (assoc options k value))))
      (nil? (:command options)) (recur more (assoc options :command argument))
      (nil? (:name options)) (recur more (assoc options :name argument))
      :else {:error (str "unexpected: " argument)})))

(defn- completed [options]
  (merge {:seed (mod (System/nanoTime) 1000000)
          :dir (str (io/file "tests-distributed" "target" "store"
                             (.format (LocalDateTime/now) (DateTimeFormatter/ofPattern "yyyyMMdd'T'HHmmss"))))}
         options))

(defn- faults-of [{:keys [fault times]}]
  (let [once (case fault
               "none" [(gen/sleep 5)]
               "kill-leader" [{:f :kill-leader} (gen/sleep 1) {:f :restart} (gen/sleep 2)]
               "kill-all" [{:f :kill-all} {:f :restart} (gen/sleep 3)]
               "power-cut" [{:f :power-cut} {:f :restart} (gen/sleep 3)]
               "pause-leader" [{:f :pause-leader :value 4} (gen/sleep 3)])]
    (concat [(gen/sleep 2)] (mapcat (fn [_] once) (range times)) [{:f :stop-load}])))

(defn- run-one [{:keys [dir base-port seed workload concurrency rate fault] :as options}]
  (let [{:keys [client checkers] :as chosen} (workload/named workload)
        results (core/run-test!
                 {:name workload :dir dir :seed seed :concurrency concurrency
                  :cluster {:dir (str (io/file dir "cluster")) :base-port base-port
                            :disk (if (= "power-cut" fault) :loop :dir)}
                  :client client
                  :nemesis nemesis/nemesis
                  :generator (workload/course chosen rate (faults-of options))
                  :after (fn [test] {:replicas (core/check-replicas test)})
                  :checker (checker/compose (assoc checkers :replicas checker/replicas))})]
    (pprint/pprint results)
    (println "Kept in" dir)
    (case (:valid? results) true 0 1)))

(defn- run-proof [{:keys [name dir seed] :as options}]
  (let [{:keys [verdict lines]} ((proof/proofs name) options)]
    (run! println lines)
    (println (format "  %-58s %s" "load of this machine, processors"
                     (let [machine (ManagementFactory/getOperatingSystemMXBean)]
                       (format "%.1f, %d" (.getSystemLoadAverage machine) (.getAvailableProcessors machine)))))
    (println (format "  %-58s %s" "seed; histories, results and logs" (str seed "; " dir)))
    (println (str name ": " (str/upper-case (clojure.core/name verdict))))
    (case verdict :pass 0 :skipped 77 1)))

(defn run-command [arguments]
  (let [{:keys [command error name] :as options} (parse arguments)]
    (cond
      error (do (println error) (println usage) 2)
      (= "run" command) (run-one (completed options))
      (and (= "proof" command) (proof/proofs name)) (run-proof (completed options))
      :else (do (println usage) (if (= "help" command) 0 2)))))

(defn -main [& arguments]
  (let [code (try (run-command arguments)
                  (catch Throwable e
                    (.printStackTrace e)
                    1))]
    (shutdown-agents)
    (flush)
    (System/exit code)))
