(ns td.interpreter
  "Runs a generator against real clients: one scheduling thread, which alone touches the generator, one thread per client
  and one for the nemesis, with a queue of one operation to each and one queue of completions back.

  A client whose operation ended :info is closed and opened anew under a new process id, since the old one may still be
  doing it; the operation stays concurrent with everything after it."
  (:refer-clojure :exclude [run!])
  (:require [td.client :as client]
            [td.generator :as gen]
            [td.log :as log])
  (:import (java.util.concurrent ArrayBlockingQueue LinkedBlockingQueue TimeUnit)))

;; How long the scheduler sleeps at most before it asks the generator again.
(def ^:private longest-wait-ns 5000000)

(defn- attempt
  "The completion of an operation; whatever a client throws is :info."
  [f operation]
  (try
    (f operation)
    (catch Throwable e
      (log/warn "An operation ended with an exception:" operation e)
      (assoc operation :type :info :error [:exception (str e)]))))

(defn- now [origin] (- (System/nanoTime) (long origin)))

(defn- worker
  "A thread that runs operations from its queue until it gets :exit."
  [thread origin ^LinkedBlockingQueue completions invoke! close!]
  (let [queue (ArrayBlockingQueue. 1)
        run (fn []
              (try
                (loop []
                  (let [operation (.take queue)]
                    (when-not (= :exit operation)
                      (let [done (attempt invoke! operation)]
                        (.put completions (assoc done :time (now origin))))
                      (recur))))
                (finally (close!))))]
    {:queue queue
     :java-thread (doto (Thread. ^Runnable run (str "td-" (if (keyword? thread) (name thread) thread)))
                    (.setDaemon true)
                    .start)}))

(defn- client-worker [test thread origin completions]
  (let [state (atom nil)
        close! #(when-let [[_ opened] @state]
                  (reset! state nil)
                  (client/close! opened test))]
    (worker thread origin completions
            (fn [operation]
              (let [process (:process operation)]
                (when (not= process (first @state))
                  (close!)
                  (reset! state [process (client/open! (:client test) test thread)]))
                (client/invoke! (second @state) test operation)))
            close!)))

(defn- nemesis-worker [test origin completions]
  (worker :nemesis origin completions
          (fn [operation] (assoc ((:nemesis test) test operation) :type :info))
          (fn [])))

;; The scheduler's state: {:gen :ctx :running (operations under way) :history (transient)}.

(defn- completed [{:keys [gen ctx] :as state} test done]
  (let [thread (:thread done)
        retired? (and (= :info (:type done)) (not= :nemesis thread))
        ctx (cond-> (update ctx :free conj thread)
              retired? (update-in [:process thread] + (:concurrency test)))]
    (assoc state
           :gen (gen/update gen test ctx done)
           :ctx ctx
           :running (dec (:running state))
           :history (conj! (:history state) done))))

(defn- dispatched [{:keys [ctx] :as state} test gen' operation workers origin]
  (let [invoked (assoc operation :time (now origin))
        ctx (-> ctx (update :n inc) (update :free disj (:thread operation)))]
    (.put ^ArrayBlockingQueue (:queue (workers (:thread operation))) invoked)
    (assoc state
           :gen (gen/update gen' test ctx invoked)
           :ctx ctx
           :running (inc (:running state))
           :history (conj! (:history state) invoked))))

(defn- history [events]
  (->> (persistent! events)
       (sort-by :time)
       (map-indexed (fn [i event] (assoc (dissoc event :thread) :index i)))
       vec))

(defn run!
  "Runs the test's generator to its end; gives the history: events with dense :index in order of :time (ns).
  The time of an invocation is taken before its client is told, that of a completion behind the client's return, so what
  precedes what by these times really did."
  [{:keys [concurrency seed] :as test}]
  (let [origin (System/nanoTime)
        completions (LinkedBlockingQueue.)
        workers (into {:nemesis (nemesis-worker test origin completions)}
                      (for [thread (range concurrency)]
                        [thread (client-worker test thread origin completions)]))
        stop! (fn []
                (doseq [{:keys [^ArrayBlockingQueue queue]} (vals workers)] (.put queue :exit))
                (doseq [{:keys [^Thread java-thread]} (vals workers)] (.join java-thread 30000)))]
    (loop [state {:gen (:generator test) :ctx (gen/context seed concurrency) :running 0 :history (transient [])}]
      (let [state (assoc-in state [:ctx :time] (now origin))]
        (if-let [done (.poll completions)]
          (recur (completed state test done))
          (let [[o gen' at] (gen/op (:gen state) test (:ctx state))]
            (cond
              (and o (not= :pending o))
              (recur (dispatched state test gen' o workers origin))

              (and (nil? o) (zero? (:running state)))
              (do (stop!) (history (:history state)))

              :else
              (let [state (if o (assoc state :gen gen') state)
                    wait (min longest-wait-ns (if at (max 0 (- (long at) (now origin))) longest-wait-ns))
                    done (.poll completions wait TimeUnit/NANOSECONDS)]
                (recur (if done (completed state test done) state))))))))))
