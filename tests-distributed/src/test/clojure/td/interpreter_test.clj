(ns td.interpreter-test
  (:require [clojure.test :refer [deftest is]]
            [td.client :as client]
            [td.generator :as gen]
            [td.history :as history]
            [td.interpreter :as interpreter]))

(defrecord Scripted [answer opened]
  client/Client
  (open! [this _ thread] (swap! opened conj thread) this)
  (invoke! [_ _ operation] (answer operation))
  (close! [_ _]))

(defn- run [answer generator & {:as more}]
  (let [opened (atom [])]
    [(interpreter/run! (merge {:client (->Scripted answer opened)
                               :nemesis (fn [_ operation] (assoc operation :value :done))
                               :concurrency 2 :seed 1 :generator generator}
                              more))
     @opened]))

(deftest a-process-of-unknown-outcome-is-retired-and-its-client-made-anew
  (let [[events opened] (run #(assoc % :type :info) (gen/on-threads #{0} (repeat 3 {:f :x})))]
    (is (= [0 0 2 2 4 4] (map :process events)))
    (is (= [0 0 0] opened))))

(deftest what-a-client-throws-is-of-unknown-outcome
  (let [[[_ done]] (run (fn [_] (throw (IllegalStateException. "no"))) (gen/on-threads #{0} {:f :x}))]
    (is (= :info (:type done)))
    (is (= :exception (first (:error done))))))

(deftest events-are-numbered-in-order-of-time
  (let [[events] (run #(do (Thread/sleep 1) (assoc % :type :ok)) (gen/clients (gen/limit 40 (fn [_ _] {:f :x}))))]
    (is (= (range 80) (map :index events)))
    (is (apply <= (map :time events)))
    (is (= 40 (count (history/operations events))))
    (is (every? #(< (:from %) (:to %)) (history/operations events)))))

(deftest the-nemesis-has-its-own-thread
  (let [[events] (run #(assoc % :type :ok) (gen/any (gen/nemesis [{:f :fault} {:f :stop-load}])
                                                    (gen/until-stopped (gen/clients (fn [_ _] {:f :x})))))]
    (is (= [:done :done] (map :value (history/faults events))))
    (is (= #{:nemesis} (set (map :process (history/faults events)))))))
